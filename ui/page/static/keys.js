// Links that change the page's state without loading it again, the keyboard, and the place shown in a preview.
const SCHEMES = ["vscode:", "cursor:", "zed:", "idea:"]

export default function ({ data, parentElement, setTriggerValue }) {
  const shared = (window.__searcher ??= { hit: null, shown: null, unfolded: new Set(), pending: null })
  shared.trigger = setTriggerValue // of the latest rendering; the listeners below stay for good
  shared.serial = data.serial
  if (shared.pending !== data.serial) shared.pending = null
  if (shared.place !== parentElement) {
    shared.place = parentElement
    shared.fresh = true // the box may be drawn later than this
  }
  if (shared.started) return shared.settle()
  shared.started = true
  const pageState = shared
  const box = () => document.querySelector(".st-key-q input")
  const titles = () => [...document.querySelectorAll(".hit a.title")]
  const active = () => document.activeElement
  // until the answer to this has come, the ticker keeps still: its call would carry the old query
  const send = (name, value) => {
    shared.pending = shared.serial
    shared.since = performance.now()
    shared.link = name === "go" ? value : null
    shared.trigger(name, value)
  }
  const follow = (shared.follow = (link) => send("go", link))
  const smooth = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth")

  const copy = async (button) => {
    const said = button.parentElement.querySelector(".copied")
    try {
      await navigator.clipboard.writeText(button.dataset.copy)
    } catch {
      const area = document.body.appendChild(document.createElement("textarea"))
      area.value = button.dataset.copy
      area.select()
      document.execCommand("copy")
      area.remove()
      button.focus()
    }
    if (said) {
      said.textContent = said.dataset.text
      setTimeout(() => (said.textContent = ""), 1800)
    }
  }

  const onClick = (event) => {
    const button = event.target.closest?.("button[data-copy], button[data-launch], button[data-do]")
    if (button?.dataset.copy !== undefined) return void copy(button)
    if (button?.dataset.launch !== undefined) {
      if (SCHEMES.includes(new URL(button.dataset.launch).protocol)) location.href = button.dataset.launch
      return
    }
    if (button) return void send("act", { do: button.dataset.do, id: button.dataset.id ?? null })
    const link = event.target.closest?.('a[href^="?"]')
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    follow(link.getAttribute("href"))
  }

  const move = (step) => {
    const all = titles()
    const now = all.findIndex((title) => title === active() || title.closest(".hit").contains(active()))
    if (now + step < 0) return box()?.focus()
    const next = all[Math.min(now + step, all.length - 1)]
    next?.focus({ preventScroll: true })
    next?.closest(".hit").scrollIntoView({ block: "nearest", behavior: smooth() })
  }

  const onKey = (event) => {
    if (!box()) return
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const input = box()
    const inBox = input && active() === input
    const typing = active()?.matches?.("input, textarea, select, [contenteditable=true]")
    const inHit = active()?.closest?.(".hit")
    const close = document.querySelector(".preview a.close")
    if (event.key === "/" && !typing && input) {
      event.preventDefault()
      input.focus()
      input.select()
    } else if (event.key === "Escape" && close && !inBox) {
      event.preventDefault()
      follow(close.getAttribute("href"))
    } else if (event.key === "Escape" && input && (inBox || !typing)) {
      event.preventDefault()
      pageState.hit = null
      follow("?")
      input.focus()
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (inBox || inHit)) {
      event.preventDefault()
      move(event.key === "ArrowDown" ? 1 : -1)
    } else if (event.key === "Enter" && inBox && input.value && event.shiftKey) {
      event.preventDefault()
      titles()[0]?.click()
    }
  }

  const onFocus = () => {
    pageState.hit = active()?.matches?.("a.title") ? active().closest(".hit").dataset.path : null
  }

  const onToggle = (event) => {
    const path = event.target.closest?.(".hit")?.dataset.path
    if (path && event.target.isConnected) pageState.unfolded[event.target.open ? "add" : "delete"](path)
  }

  // New results replace the old elements: whoever was reading one keeps its focus and sees no jump.
  const settle = () => {
    if (pageState.fresh && box()) {
      pageState.fresh = false
      if (active() === document.body) box().focus({ preventScroll: true })
    }
    if (pageState.hit !== null && active() === document.body) {
      const same = titles().find((title) => title.closest(".hit").dataset.path === pageState.hit)
      same?.focus({ preventScroll: true })
    }
    for (const details of document.querySelectorAll(".hit details:not([open])")) {
      if (pageState.unfolded.has(details.closest(".hit").dataset.path)) details.open = true
    }
    const preview = document.querySelector(".preview")
    const doc = preview?.querySelector(".doc")
    const here = doc?.querySelector(".here") ?? null
    if (here !== pageState.here) {
      pageState.here = here
      pageState.words = here ? asked(doc) : []
    }
    const shown = preview ? preview.dataset.place : null
    if (shown === pageState.shown) return
    pageState.shown = shown
    if (doc) show(doc, here, pageState.words)
  }
  let waiting = 0
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(waiting)
    waiting = requestAnimationFrame(settle)
  })

  document.addEventListener("click", onClick)
  document.addEventListener("keydown", onKey)
  document.addEventListener("focusin", onFocus)
  document.addEventListener("toggle", onToggle, true)
  observer.observe(document.body, { childList: true, subtree: true })
  shared.settle = settle
  settle()
}
