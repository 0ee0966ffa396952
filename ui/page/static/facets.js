// The panel of all filters: a long list is narrowed as one types, a date is set when it stands.
const EARLIEST = 1000 // years below are still being typed
const STANDS = 400 // milliseconds

function facetPanel(follow) {
  let timer = 0
  document.addEventListener("input", ({ target }) => {
    if (target.dataset?.narrow === undefined) return
    const words = target.value.toLowerCase()
    for (const entry of target.parentElement.querySelectorAll("li")) {
      entry.hidden = !entry.dataset.name.toLowerCase().includes(words)
    }
  })
  document.addEventListener("change", ({ target }) => {
    const name = target.dataset?.filter
    if (!name || (target.value && Number(target.value.slice(0, 4)) < EARLIEST)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      const state = new URLSearchParams(location.search)
      for (const gone of [...PLACE, "n"]) state.delete(gone)
      if (target.value) state.set(name, target.value)
      else state.delete(name)
      follow(`?${state}`)
    }, STANDS)
  })
}
