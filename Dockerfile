# docker build -t searcher . && docker run -p 127.0.0.1:8765:8765 -v ~/Documents:/data:ro -v searcher:/home/searcher/home searcher
# The page's address with its token is in `docker logs`.
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential cmake && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
# what is used of llama.cpp, compiled for the processor this is built on; for an image that is to run on others:
# --build-arg CMAKE_ARGS="-DCMAKE_PROJECT_INCLUDE=/build/searcher/embedding/llama.cmake -DGGML_NATIVE=OFF"
ARG CMAKE_ARGS=-DCMAKE_PROJECT_INCLUDE=/build/searcher/embedding/llama.cmake
RUN python -m venv /opt/searcher && /opt/searcher/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 searcher && mkdir -p /home/searcher/home && chown searcher /home/searcher/home
COPY --from=build /opt/searcher /opt/searcher
USER searcher
ENV PATH=/opt/searcher/bin:$PATH SEARCHER_HOME=/home/searcher/home PYTHONUNBUFFERED=1
VOLUME /home/searcher/home
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import os, urllib.request as u; token = open(os.environ['SEARCHER_HOME'] + '/token').read(); u.urlopen(u.Request('http://127.0.0.1:8765/api/health', headers={'Authorization': 'Bearer ' + token}), timeout=4)"]
ENTRYPOINT ["searcher", "up", "/data", "--host", "0.0.0.0", "--token", "--no-browser"]
