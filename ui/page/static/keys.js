// Links that change the page's state without loading it again, the keyboard, and the place shown in a preview.
const SCHEMES = ["vscode:", "cursor:", "zed:", "idea:"]
const PLACE = ["doc", "at", "cite", "find", "nth"] // what the address says of an open document
const PATIENCE = 15000 // milliseconds within which the messages about one step come
const LEAVING = 4000
const STANDING = 250 // milliseconds that nothing changes
const SHIFTING = 1000
const KEEPING = 5000
const FOLLOW = 90 // milliseconds a selection stands before an open preview follows it

export default function ({ data, parentElement, setTriggerValue }) {
  const shared = (window.__searcher ??= { hit: null, finding: null, shown: null, unfolded: new Set(), pending: null })
  shared.trigger = setTriggerValue // of the latest rendering; the listeners below stay for good
  shared.serial = data.serial
  if (shared.pending !== data.serial) {
    shared.pending = null
    shared.settled = performance.now() + 300
    if (shared.returning) shared.returned = shared.returning = null
  }
  if (shared.place !== parentElement) {
    shared.place = parentElement
    shared.fresh = true // the box may be drawn later than this
  }
  if (shared.started) return shared.settle()
  shared.started = true
  const pageState = shared
  const box = () => document.querySelector(".st-key-q input")
  const titles = () => [...document.querySelectorAll(".hit a.title")].filter((title) => title.checkVisibility())
  const active = () => document.activeElement
  const preview = () => document.querySelector(".preview")
  const sheet = () => document.querySelector(".keys-sheet")
  const suggested = suggesting(box)
  const waits = () => shared.pending !== null && performance.now() - shared.since < PATIENCE

  // from what was asked until the server takes it up; from then on the state of the page's script says it
  const waiting = (is) => document.documentElement.classList.toggle("waiting", is)
  new MutationObserver(() => waiting(false)).observe(document.body, { attributeFilter: ["data-test-script-state"], subtree: true })

  // until the answer to this has come, the ticker keeps still: its call would carry the old query
  const send = (name, value) => {
    shared.pending = shared.serial
    shared.since = performance.now()
    shared.link = name === "go" ? value : null
    waiting(true)
    shared.trigger(name, value)
  }

  // One step is one entry of the history, however many messages about the address the server sends for it.
  const push = history.pushState.bind(history)
  const replace = history.replaceState.bind(history)
  // Back before a step was answered: what the server still says of that step must not overwrite the address.
  const parts = (address) => [...new URL(address, location.href).searchParams].map(String).sort().join("&")
  const isLate = ([, , url]) => Boolean(shared.returned && url != null && parts(url) !== parts(shared.returned))
  history.replaceState = (...step) => {
    if (!isLate(step)) replace(...step)
  }
  history.pushState = (...step) => {
    if (isLate(step)) return
    if (performance.now() < (shared.settled ?? 0)) replace(...step)
    else push(...step)
  }
  // made here, for after a step back Streamlit would write over the entry that is left
  const leave = (link) => {
    if (link.matches("[aria-current]")) return
    push({}, "", location.href)
    turn()
    shared.typed = null
  }
  // the ticker's answer must not meet a page that was cleared for another
  const turn = () => (shared.settled = shared.quiet = performance.now() + LEAVING)
  const onBack = () => {
    turn()
    shared.typed = null
    if (shared.pending !== null || shared.returned) shared.returned = location.search || "?"
    shared.link = shared.returning = null
  }
  window.addEventListener("popstate", onBack, true)
  document.addEventListener("input", ({ target }) => {
    if (target !== box()) return
    Object.assign(shared, { returned: null, typed: target.value })
    waiting(true)
    if (shared.restoring) return
    shared.typedAt = performance.now()
    clearInterval(shared.keeping)
    shared.keeping = setInterval(keep, 100)
  })
  // An answer to what was asked before may write that over letters that were not sent yet: they are typed again.
  const keep = () => {
    const isOver = shared.typed === null || performance.now() - shared.typedAt > KEEPING
    if (isOver) return clearInterval(shared.keeping)
    if (!box() || box().value === shared.typed) return
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box(), shared.typed)
    shared.restoring = true
    box().dispatchEvent(new Event("input", { bubbles: true }))
    shared.restoring = false
  }
  const follow = (shared.follow = (link, quietly = false) => {
    shared.returned = null
    shared.settled = performance.now() + PATIENCE
    const url = location.pathname + (link === "?" ? "" : link)
    if (url !== location.pathname + location.search) (quietly ? replace : push)({}, "", url)
    // what was typed a moment ago goes before the step, else it would follow it and undo it
    const enter = { key: "Enter", code: "Enter", keyCode: 13, bubbles: true }
    if (box() && active() === box()) box().dispatchEvent(new KeyboardEvent("keydown", enter))
    shared.typed = null
    send("go", link)
  })
  facetPanel(follow)
  const reader = reading(shared, preview, follow, waits)
  const smooth = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth")

  const copy = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      const area = document.body.appendChild(document.createElement("textarea"))
      area.value = text
      area.select()
      document.execCommand("copy")
      area.remove()
      button.focus()
    }
    const said = document.querySelector(".copied")
    if (said) {
      said.textContent = said.dataset.text
      setTimeout(() => (said.textContent = ""), 1800)
    }
  }

  const launch = (address) => {
    if (SCHEMES.includes(new URL(address).protocol)) location.href = address
  }
  const open = (hit) => send("act", { do: "open", path: hit.dataset.path })

  const closeMenus = (but) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false
  }

  const onClick = (event) => {
    closeMenus(event.target.closest?.("details.menu"))
    const bar = event.target.closest?.(".st-key-bar a")
    if (bar) leave(bar)
    if (!event.target.closest?.(".keys-sheet div") || event.target.closest("button.close")) showSheet(false)
    const button = event.target.closest?.("button[data-copy], button[data-link], button[data-launch], button[data-do]")
    if (button?.closest(".menu")) closeMenus()
    if (button?.dataset.copy !== undefined) return void copy(button, button.dataset.copy)
    if (button?.dataset.link !== undefined) return void copy(button, `${location.origin}/${button.dataset.link}`)
    if (button?.dataset.launch !== undefined) return launch(button.dataset.launch)
    if (button?.dataset.do === "keys") return showSheet(true)
    if (button) {
      if (button.dataset.do === "forget_file") button.closest(".hit").classList.add("going")
      const { do: what, id = null } = button.dataset
      return void send("act", { do: what, id, path: button.closest(".hit")?.dataset.path ?? null })
    }
    const link = event.target.closest?.('a[href^="?"]')
    if (!link || link.closest(".st-key-bar") || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    if (link.closest(".menu")) closeMenus()
    if (link.closest(".outline")) shared.reading = true
    if (link.closest(".suggested")) box()?.focus()
    suggested.clear()
    follow(link.getAttribute("href"), link.dataset.quietly !== undefined)
  }

  // the menu of a result, or in it what is asked before it is forgotten
  const openMenu = (hit, part) => {
    const menu = hit.querySelector("details.menu")
    const sure = menu?.querySelector("details.sure")
    if (!menu || (part && !sure)) return
    menu.open = true
    if (sure) sure.open = Boolean(part)
    menu.querySelector(part ?? "div :is(button, a)").focus()
  }
  const within = (step) => {
    const all = [...active().closest(".menu").querySelectorAll(":is(div, .sure[open]) > :is(button, a, details)")]
    const items = all.map((item) => (item.matches("details") ? item.querySelector("summary") : item))
    const at = items.indexOf(active()) + step
    items[Math.max(0, Math.min(at, items.length - 1))]?.focus()
  }

  const showSheet = (wanted) => {
    if (!sheet() || sheet().hidden === !wanted) return
    sheet().hidden = !wanted
    if (wanted) sheet().querySelector("button").focus()
    else if (!active() || active() === document.body) box()?.focus()
  }

  const move = (step) => {
    let all = titles()
    const now = all.findIndex((title) => title === active() || title.closest(".hit").contains(active()))
    if (now + step < 0) return box()?.focus()
    const folded = document.querySelector("details.weak:not([open])")
    if (folded && now + step >= all.length) {
      folded.open = true
      all = titles()
    }
    const next = all[Math.min(now + step, all.length - 1)]
    next?.focus({ preventScroll: true })
    next?.closest(".hit").scrollIntoView({ block: "nearest", behavior: smooth() })
    clearTimeout(pageState.following)
    if (preview() && next) {
      pageState.following = setTimeout(() => follow(next.getAttribute("href"), true), FOLLOW)
    }
  }

  // The next or previous word that was asked for, or stretch that was found, in the open document.
  const match = (step) => {
    const doc = preview()?.querySelector(".doc")
    const places = pageState.words?.length ? pageState.words : [...(doc?.querySelectorAll(".here") ?? [])]
    if (!doc || !places.length) return
    pageState.at = ((pageState.at ?? (step > 0 ? -1 : 0)) + step + places.length) % places.length
    const place = places[pageState.at]
    const top = place.getBoundingClientRect().top - doc.getBoundingClientRect().top
    doc.scrollTop += top - Math.min(doc.clientHeight / 3, 160)
    if (globalThis.CSS?.highlights && place instanceof Range) CSS.highlights.set("current", new Highlight(place))
  }

  // One thing at a time, the last that was opened first; filters stay.
  const back = () => {
    const close = preview()?.querySelector("a.close")
    const menu = document.querySelector("details.menu[open]")
    if (sheet() && !sheet().hidden) return showSheet(false)
    if (menu) {
      closeMenus()
      return menu.querySelector("summary").focus()
    }
    if (reader.back()) return
    if (close) {
      if (preview().contains(active())) active().blur()
      if (pageState.hit === null) pageState.fresh = true
      return follow(close.getAttribute("href"))
    }
    if (active() !== box()) return box().focus()
    if (!box().value && !new URLSearchParams(location.search).has("like")) return
    suggested.clear()
    const rest = new URLSearchParams(location.search)
    for (const name of ["q", ...PLACE, "n", "like"]) rest.delete(name)
    pageState.hit = null
    follow(`?${rest}`)
  }

  const onKey = (event) => {
    if (!box() || event.isComposing || event.altKey) return
    if (active() === document.body) settle() // a key may come before the frame that gives new results their focus
    const { key } = event
    const inBox = active() === box()
    const typing = active()?.matches?.("input, textarea, select, [contenteditable=true]")
    const inHit = active()?.closest?.(".hit")
    const onTitle = active()?.matches?.(".hit a.title")
    const taken = (act) => {
      event.preventDefault()
      act()
    }
    if (key === "Enter" && onTitle && !event.shiftKey) {
      const editor = inHit.querySelector("[data-launch]")
      const wanted = event.ctrlKey || event.metaKey
      return taken(() => (wanted && editor ? launch(editor.dataset.launch) : open(inHit)))
    }
    const meant = sheet()?.hidden === false ? null : reader.meaning(event)
    if (meant) return taken(meant)
    if (event.ctrlKey || event.metaKey) return
    if (key === "Escape" && (inBox || !typing)) return taken(back)
    if (key === "Tab" && !event.shiftKey && inBox && titles().length) return taken(() => titles()[0].focus())
    if (key === "Tab" && !event.shiftKey && onTitle && preview()?.querySelector(".doc")) {
      return taken(() => preview().querySelector(".doc").focus())
    }
    if ((key === "ArrowDown" || key === "ArrowUp") && (inBox || inHit) && !active().closest(".menu")) {
      return taken(() => move(key === "ArrowDown" ? 1 : -1))
    }
    if ((key === "ArrowDown" || key === "ArrowUp") && inHit && active().closest(".menu")) {
      return taken(() => within(key === "ArrowDown" ? 1 : -1))
    }
    if (key === "m" && onTitle) return taken(() => openMenu(inHit))
    if (key === "Delete" && onTitle) return taken(() => openMenu(inHit, "[data-do=forget_file]"))
    const atEnd = inBox && box().selectionStart === box().value.length
    if (key === "ArrowRight" && atEnd && !event.shiftKey && suggested.first()) {
      return taken(() => suggested.first().click())
    }
    if (key === "Enter" && inBox && box().value && event.shiftKey) return taken(() => titles()[0]?.click())
    if (typing) return
    if (key === "/") {
      taken(() => {
        box().focus()
        box().select()
      })
    } else if (key === "?") taken(() => showSheet(true))
    else if (key === " " && onTitle) {
      const close = preview()?.querySelector("a.close")
      taken(() => (inHit.matches(".open") && close ? follow(close.getAttribute("href")) : active().click()))
    } else if ((key === "n" || key === "N") && preview()) taken(() => match(key === "n" ? 1 : -1))
  }

  const onFocus = () => {
    const inDoc = active()?.closest?.(".preview")
    if (active()?.matches?.("a.title")) pageState.hit = active().closest(".hit").dataset.path
    else if (!inDoc) pageState.hit = null
  }

  const onToggle = (event) => {
    const fold = event.target.dataset?.fold
    if (fold && event.target.isConnected) pageState.unfolded[event.target.open ? "add" : "delete"](fold)
  }

  // Pictures are asked for once the results stand, those in sight alone, and again at once when they were
  // there before; one that there is none of goes.
  const seen = new Set()
  const draw = (wanted) => {
    for (const image of document.querySelectorAll("img[data-src]:not([src])")) {
      if (!wanted(image.dataset.src)) continue
      image.loading = "lazy"
      image.src = image.dataset.src
    }
  }
  const drawn = ({ target }) => {
    if (!target.matches?.("img[data-src]")) return
    target.classList.add("drawn")
    seen.add(target.dataset.src)
  }
  document.addEventListener("load", drawn, true)
  const onScroll = ({ target }) => {
    if (target === pageState.doc) pageState.scrolled = target.scrollTop
  }
  document.addEventListener("scroll", onScroll, true)
  document.addEventListener("error", ({ target }) => target.matches?.("img[data-src], .prose img.picture") && target.remove(), true)

  // New results replace the old elements: whoever was reading one keeps its focus and sees no jump.
  // the server is told once more where one has returned to: it may have taken the step that was left after it
  const goBack = () => {
    const address = shared.returned
    if (!address || shared.returning || shared.pending !== null) return
    follow(address, true)
    shared.returned = address
    shared.returning = true
  }

  const settle = () => {
    goBack()
    box()?.setAttribute("dir", "auto") // a query is written from where its script begins
    if (pageState.pending === null) document.querySelector(".hit.going")?.classList.remove("going")
    clearTimeout(pageState.drawing)
    draw((source) => seen.has(source))
    pageState.drawing = setTimeout(draw, STANDING, () => true)
    if (pageState.fresh && box()) {
      pageState.fresh = false
      // of a page that comes with a document the keys are those of the document
      if (new URLSearchParams(location.search).has("doc")) pageState.reading = true
      else if (active() === document.body) box().focus({ preventScroll: true })
    }
    reader.settle()
    // first: what is folded away takes no focus, and a key that came then was lost
    for (const details of document.querySelectorAll("details[data-fold]:not([open])")) {
      if (pageState.unfolded.has(details.dataset.fold)) details.open = true
    }
    if (pageState.hit !== null && active() === document.body) {
      const same = titles().find((title) => title.closest(".hit").dataset.path === pageState.hit)
      same?.focus({ preventScroll: true })
    }
    const doc = preview()?.querySelector(".doc")
    const here = doc?.querySelector(".here") ?? null
    if (here !== pageState.here) {
      pageState.here = here
      pageState.at = null
      pageState.words = here ? asked(doc) : []
    }
    const shown = preview()?.dataset.place ?? null
    // the same place once more, after the file or the index changed: whoever reads there stays there
    if (doc && doc !== pageState.doc && shown === pageState.shown) doc.scrollTop = pageState.scrolled ?? 0
    pageState.doc = doc
    // beside a preview the results are narrower and longer: the chosen one stays in sight
    if (shown !== pageState.shown) pageState.moved = performance.now() + SHIFTING
    if (performance.now() < pageState.moved) active().closest?.(".hit")?.scrollIntoView({ block: "nearest" })
    if (shown === pageState.shown) return
    pageState.shown = shown
    if (doc) show(doc, here, pageState.words)
  }
  let frame = 0
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(settle)
  })

  document.addEventListener("click", onClick)
  document.addEventListener("keydown", onKey, true)
  document.addEventListener("focusin", onFocus)
  document.addEventListener("toggle", onToggle, true)
  observer.observe(document.body, { childList: true, subtree: true })
  shared.settle = settle
  settle()
}
