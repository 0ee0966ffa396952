// The panel of all filters: a long list is narrowed as one types, a date is set when it stands, a span of the
// timeline is dragged over or chosen with Shift and the arrows.
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
    timer = setTimeout(() => narrowed({ [name]: target.value }), STANDS)
  })
  const narrowed = (changes) => {
    const state = new URLSearchParams(location.search)
    for (const gone of [...PLACE, "n"]) state.delete(gone)
    for (const [name, value] of Object.entries(changes)) {
      if (value) state.set(name, value)
      else state.delete(name)
    }
    follow(`?${state}`)
  }
  timeline(narrowed)
}

function timeline(narrowed) {
  let from = null // the bar that a span begins with, and the one it has come to
  let to = null
  let dragged = false
  const bar = (target) => target?.closest?.(".timeline a")
  const all = (one) => [...one.parentElement.children]
  const span = () => {
    const bars = all(from)
    const [first, last] = [bars.indexOf(from), bars.indexOf(to)].sort((a, b) => a - b)
    return bars.slice(first, last + 1)
  }
  const show = () => {
    for (const one of all(from)) one.classList.toggle("within", false)
    for (const one of span()) one.classList.add("within")
  }
  const choose = () => {
    const bars = span()
    narrowed({ since: bars[0].dataset.since, until: bars.at(-1).dataset.until })
  }
  document.addEventListener("pointerdown", (event) => {
    dragged = false
    from = event.button ? null : bar(event.target)
    to = from
    if (from && event.pointerType === "touch") event.target.releasePointerCapture?.(event.pointerId)
  })
  document.addEventListener("dragstart", (event) => bar(event.target) && event.preventDefault())
  document.addEventListener("pointermove", (event) => {
    if (!from?.isConnected || !event.buttons) return
    const over = bar(document.elementFromPoint(event.clientX, event.clientY))
    if (!over || over === to || over.parentElement !== from.parentElement) return
    dragged = true
    to = over
    show()
  })
  document.addEventListener("pointerup", ({ pointerType }) => {
    if (dragged && from?.isConnected && from !== to) choose()
    else dragged = false
    if (pointerType === "touch") dragged = false // no click follows where a finger was dragged
    if (!dragged) from = null
  })
  // the finger went up or down, and the page scrolls
  document.addEventListener("pointercancel", () => {
    if (from?.isConnected) for (const one of all(from)) one.classList.remove("within")
    from = null
    dragged = false
  })
  // a click ends the drag, and would choose one bar alone
  document.addEventListener("click", (event) => {
    if (dragged) {
      event.preventDefault()
      event.stopPropagation()
    }
    dragged = false
    from = null
  }, true)
  document.addEventListener("keydown", (event) => {
    const now = bar(document.activeElement)
    if (!now) return
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step) {
      const next = all(now)[all(now).indexOf(now) + step]
      event.preventDefault()
      if (!next) return
      from = event.shiftKey ? from ?? now : next
      to = next
      show()
      for (const one of all(now)) one.tabIndex = one === next ? 0 : -1
      next.focus()
    } else if (event.key === "Enter" && from && from !== to) {
      event.preventDefault()
      choose()
      from = null
    }
  })
}
