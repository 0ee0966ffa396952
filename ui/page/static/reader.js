// The open document: what is looked for in it, its outline, one passage after the other.
const TYPED = 150 // milliseconds without a keystroke
const BUSY = 40 // between looks whether the last step was answered

function reading(shared, preview, follow, waits) {
  let timer = 0
  const box = () => preview()?.querySelector("input[data-find]")
  const doc = () => preview()?.querySelector(".doc")
  const outline = () => preview()?.querySelector("details.outline")
  const entries = () => [...outline().querySelectorAll("li:not([hidden]) a")]
  const active = () => document.activeElement
  const address = () => new URLSearchParams(location.search)

  // The server looks in the whole document, of which the page holds a part. A letter typed meanwhile waits.
  const look = () => {
    clearTimeout(timer)
    if (waits()) return void (timer = setTimeout(look, BUSY))
    const state = address()
    const text = (shared.finding ?? "").trim()
    if (text === (state.get("find") ?? "")) return
    state.delete("nth")
    if (text) state.set("find", text)
    else state.delete("find")
    follow(`?${state}`, true)
  }
  document.addEventListener("input", ({ target }) => {
    if (target !== box()) return
    shared.finding = target.value
    shared.caret = target.selectionStart
    clearTimeout(timer)
    timer = setTimeout(look, TYPED)
  })
  const leave = ({ target }) => {
    if (!target.closest?.(".find")) shared.finding = null
  }
  document.addEventListener("pointerdown", leave)
  document.addEventListener("focusin", (event) => {
    leave(event)
    if (event.target === box()) shared.finding ??= event.target.value
    if (preview()?.contains(event.target)) shared.reading = event.target === doc()
    else shared.reading = false
  })

  const shows = () => preview().dataset.place.trim() === PLACE.map((name) => address().get(name) ?? "").join(" ").trim()
  // one step after the other; of a key that is held no more than are answered
  const step = (name, held) => {
    const link = preview()?.querySelector(`.reader ${name}`)
    if (link && !waits() && shows()) follow(link.getAttribute("href"), true)
    else if (link && !held) setTimeout(step, BUSY, name, held)
  }
  const find = () => {
    box().focus()
    box().select()
  }
  const openOutline = () => {
    outline().open = true
    const first = outline().querySelector("a[aria-current]") ?? entries()[0]
    first.focus()
    first.scrollIntoView({ block: "nearest" })
  }
  // what was looked for is let go of before the document is closed
  const back = () => {
    if (!preview() || (active() !== box() && !address().has("find"))) return false
    doc()?.focus({ preventScroll: true })
    shared.finding = ""
    look()
    shared.finding = null
    shared.reading = true
    return true
  }

  // What a key does here, or null.
  const meaning = (event) => {
    const { key } = event
    if (!doc()) return null
    const inside = preview().contains(active())
    if (event.ctrlKey || event.metaKey) return key === "f" && box() && inside && active() !== box() ? find : null
    if (active() === box()) {
      if (key === "Escape") return back
      if (key !== "Enter") return null
      const settled = (address().get("find") ?? "") === box().value.trim()
      return settled ? () => step(`.find .${event.shiftKey ? "previous" : "next"}`, event.repeat) : look
    }
    if (outline()?.contains(active()) && (key === "ArrowDown" || key === "ArrowUp")) {
      const all = entries()
      const at = all.indexOf(active()) + (key === "ArrowDown" ? 1 : -1)
      return () => all[Math.max(0, Math.min(at, all.length - 1))]?.focus()
    }
    if (active()?.matches?.("input, textarea, select, [contenteditable=true]")) return null
    if (key === "f" && box()) return find
    if (key === "o" && outline()) return openOutline
    if (key === "j" || key === "k") return () => step(`.steps .${key === "j" ? "next" : "previous"}`, event.repeat)
    const shown = preview().querySelector(".find .next")
    if (shown && (key === "n" || key === "N")) return () => step(`.find .${key === "n" ? "next" : "previous"}`, event.repeat)
    return null
  }

  // Another match makes the panel anew: whoever was typing or reading in it goes on.
  const settle = () => {
    if (!doc()) return void (shared.finding = null)
    const finding = shared.finding !== null && box() // there is none of a document that is still being read
    if (finding && box().value !== shared.finding) box().value = shared.finding
    if (active() !== document.body) return
    if (finding) {
      box().focus({ preventScroll: true })
      const caret = shared.caret ?? shared.finding.length
      box().setSelectionRange(caret, caret)
    } else if (shared.reading) doc().focus({ preventScroll: true })
  }
  return { back, meaning, settle }
}
