# What searcher needs of llama-cpp-python, and no more: llama.cpp itself, without its chat tools (common), the part for
# pictures (mtmd), server, programs and tests. Read where CMAKE_ARGS=-DCMAKE_PROJECT_INCLUDE=.../llama.cmake says so. The code that
# computes is compiled as ever; `python -m benchmarks.llama_build` measures what is saved.
if(PROJECT_NAME STREQUAL "llama_cpp")
  set(LLAVA_BUILD OFF)
  set(LLAMA_BUILD_COMMON OFF) # not the cache's, which the package sets itself
  set(LLAMA_BUILD_TESTS OFF)
  set(LLAMA_BUILD_EXAMPLES OFF)
  set(LLAMA_BUILD_TOOLS OFF)
  set(LLAMA_BUILD_SERVER OFF)
endif()
