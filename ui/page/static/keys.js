// Links that change the page's state without loading it again, and the keyboard.
export default function ({ parentElement, setTriggerValue }) {
  const root = document
  const box = () => root.querySelector(".st-key-q input")
  const hits = () => [...root.querySelectorAll(".hit a.title")]

  const follow = (link) => setTriggerValue("go", link.getAttribute("href"))

  const onClick = (event) => {
    const link = event.target.closest?.('a[href^="?"]')
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    follow(link)
  }

  const move = (step) => {
    const all = hits()
    const now = all.indexOf(root.activeElement)
    if (now + step < 0) return box()?.focus()
    all[Math.min(now + step, all.length - 1)]?.focus()
  }

  const onKey = (event) => {
    const input = box()
    const typing = root.activeElement?.matches?.("input, textarea, select, [contenteditable=true]")
    const inBox = root.activeElement === input
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.key === "/" && !typing && input) {
      event.preventDefault()
      input.focus()
      input.select()
    } else if (event.key === "Escape" && (inBox || root.activeElement?.closest?.(".hit"))) {
      event.preventDefault()
      setTriggerValue("go", "?")
      input?.focus()
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") &&
               (inBox || root.activeElement?.closest?.(".hit"))) {
      event.preventDefault()
      move(event.key === "ArrowDown" ? 1 : -1)
    }
  }

  root.addEventListener("click", onClick)
  root.addEventListener("keydown", onKey)
  if (!parentElement.dataset?.started) {
    if (parentElement.dataset) parentElement.dataset.started = "yes"
    if (root.activeElement === root.body) box()?.focus()
  }
  return () => {
    root.removeEventListener("click", onClick)
    root.removeEventListener("keydown", onKey)
  }
}
