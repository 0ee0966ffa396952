// The brief in the order of a person: each passage has a grip, to be dragged or moved with the arrow keys.
const EDGE = 80 // pixels from the top and the bottom within which the page moves along

const STAYS = 5000 // milliseconds; a busy machine may take as long to draw the new order

// The grip that moved is drawn anew: the keys stay on it, until something else is taken.
function stay(shared) {
  shared.until = performance.now() + STAYS
  if (shared.looking) return
  shared.looking = true
  const look = () => {
    const grip = document.querySelector(`.kept[data-id="${shared.focus}"] .grip`)
    const active = document.activeElement
    if (active !== document.body && !active?.matches(".grip")) shared.focus = null
    if (performance.now() > shared.until) shared.focus = null
    shared.looking = Boolean(shared.focus)
    if (!shared.looking) return
    if (active !== grip) grip?.focus()
    requestAnimationFrame(look)
  }
  look()
}

export default function ({ setTriggerValue }) {
  const shared = (window.__searcherOrder ??= {})
  shared.trigger = setTriggerValue // of the latest rendering; the listeners below stay for good
  if (shared.focus) stay(shared)
  if (shared.started) return
  shared.started = true
  const items = () => [...document.querySelectorAll(".kept")]
  const move = (id, to) => {
    const from = items().findIndex((item) => item.dataset.id === id)
    if (from < 0 || to < 0 || to >= items().length || to === from) return
    shared.focus = id
    stay(shared)
    shared.trigger("move", { id, to })
  }
  // where what is dragged would stand: behind all others whose middle is above the pointer
  const place = (id, y) =>
    items().filter((item) => {
      const box = item.getBoundingClientRect()
      return item.dataset.id !== id && box.top + box.height / 2 < y
    }).length
  const mark = (id, to) => {
    const others = items().filter((item) => item.dataset.id !== id)
    for (const item of items()) item.classList.remove("before", "behind", "dragged")
    if (id === null) return
    items().find((item) => item.dataset.id === id)?.classList.add("dragged")
    if (to < others.length) others[to].classList.add("before")
    else others.at(-1)?.classList.add("behind")
  }
  document.addEventListener("pointerdown", (event) => {
    shared.focus = null
    const grip = event.target.closest?.(".kept .grip")
    if (!grip || event.button) return
    const id = grip.closest(".kept").dataset.id
    grip.setPointerCapture(event.pointerId)
    const along = ({ clientY }) => {
      const main = document.querySelector("[data-testid=stMain]")
      if (clientY < EDGE) main?.scrollBy(0, -12)
      else if (clientY > innerHeight - EDGE) main?.scrollBy(0, 12)
      mark(id, place(id, clientY))
    }
    const end = (last) => {
      for (const [name, listener] of listeners) grip.removeEventListener(name, listener)
      mark(null)
      if (last.type === "pointerup") move(id, place(id, last.clientY))
    }
    const listeners = [["pointermove", along], ["pointerup", end], ["pointercancel", end]]
    for (const [name, listener] of listeners) grip.addEventListener(name, listener)
  })
  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab") shared.focus = null
    const grip = event.target.closest?.(".kept .grip")
    if (!grip || event.ctrlKey || event.metaKey || event.altKey) return
    const id = grip.closest(".kept").dataset.id
    const at = items().findIndex((item) => item.dataset.id === id)
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items().length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    move(id, to)
  })
}
