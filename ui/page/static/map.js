// The map of the library: points to click, moved by dragging, zoomed by buttons, keys, two fingers and Ctrl with the wheel.
const SVG = "http://www.w3.org/2000/svg"
const SIDE = 1000 // of the drawing, in its own units; the window shows a part of it
const CLOSEST = 1 / 20 // of the window to the drawing
const STEP = 1.5
const CLICK = 4 // pixels that a click may move
const LETTERS = 11 // pixels high
const FINGER = 22 // pixels around a point that a finger may miss it by
const LISTED = 6

const made = (name, attributes = {}, text) => {
  const element = ["svg", "g", "circle", "text"].includes(name) ? document.createElementNS(SVG, name) : document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (text !== undefined) element.textContent = text
  return element
}

export default function ({ data, parentElement, setTriggerValue }) {
  const shared = (parentElement.__map ??= { window: { x: 0, y: 0, side: SIDE }, group: null })
  shared.open = (path) => setTriggerValue("open", path)
  const drawn = JSON.stringify(data)
  if (shared.drawn === drawn) return
  shared.drawn = drawn
  draw(parentElement, data, shared)
}

function draw(parent, { points, labels, groups, words }, shared) {
  const root = made("div", { class: "map" })
  const bar = made("div", { class: "map-bar" })
  const find = made("input", { type: "search", placeholder: words.find, "aria-label": words.find })
  const said = made("span", { role: "status", class: "quiet" })
  const svg = made("svg", { tabindex: 0, role: "application", "aria-label": words.hint, preserveAspectRatio: "xMidYMid meet" })
  const tip = made("div", { class: "map-tip", hidden: "" })
  const list = made("ul", { class: "map-found" })
  const legend = made("div", { class: "map-legend" })

  const dots = points.map((point) => {
    const dot = made("circle", { cx: ((point.x + 1.08) / 2.16) * SIDE, cy: ((1.08 - point.y) / 2.16) * SIDE, fill: groups[point.group].colour })
    dot.point = point
    return dot
  })
  const names = labels.map((label) => {
    const name = made("text", { y: ((1.08 - label.y) / 2.16) * SIDE, "text-anchor": "middle" }, label.text)
    name.at = ((label.x + 1.08) / 2.16) * SIDE
    return name
  })
  svg.append(...dots, ...names)

  const show = () => {
    const { x, y, side } = shared.window
    svg.setAttribute("viewBox", `${x} ${y} ${side} ${side}`)
    svg.style.touchAction = side < SIDE ? "none" : "pan-y"
    const scale = side / SIDE
    for (const dot of dots) dot.setAttribute("r", (points.length < 300 ? 8 : 5) * scale ** 0.85)
    const pixel = side / (Math.min(svg.clientWidth, svg.clientHeight) || SIDE / 2)
    const taken = []
    for (const name of names) {
      name.setAttribute("font-size", LETTERS * pixel)
      name.setAttribute("stroke-width", 2.5 * pixel)
      // a label stays within the drawing; of those that would stand on each other the first is shown
      const half = name.getComputedTextLength() / 2
      const room = Math.max(0, (svg.clientWidth * pixel) / 2 - half)
      const middle = x + side / 2
      const within = Math.min(middle + room, Math.max(middle - room, name.at))
      name.setAttribute("x", Math.abs(name.at - middle) < room + 2 * half ? within : name.at)
      const place = [name.x.baseVal[0].value, name.y.baseVal[0].value, half]
      const meets = ([u, v, w]) => Math.abs(u - place[0]) < w + half && Math.abs(v - place[1]) < 1.2 * LETTERS * pixel
      const hidden = taken.some(meets)
      name.style.visibility = hidden ? "hidden" : ""
      if (!hidden) taken.push(place)
    }
  }
  const bounded = (side) => Math.min(SIDE, Math.max(SIDE * CLOSEST, side))
  const zoom = (factor, at = null) => {
    const { x, y, side } = shared.window
    const now = bounded(side / factor)
    const [u, v] = at ?? [0.5, 0.5]
    place(x + (side - now) * u, y + (side - now) * v, now)
  }
  const place = (x, y, side) => {
    const within = (value) => Math.min(SIDE - side, Math.max(0, value))
    shared.window = { x: within(x), y: within(y), side }
    show()
  }
  const move = (x, y) => place(shared.window.x + x * shared.window.side, shared.window.y + y * shared.window.side, shared.window.side)
  const spot = (event) => {
    const box = svg.getBoundingClientRect()
    const size = Math.min(box.width, box.height)
    return [(event.clientX - box.left - (box.width - size) / 2) / size, (event.clientY - box.top - (box.height - size) / 2) / size, size]
  }

  const match = () => {
    const wanted = find.value.trim().toLowerCase()
    const found = dots.filter(({ point }) => `${point.name}\n${point.path}`.toLowerCase().includes(wanted))
    const alone = new Set(wanted ? found : dots)
    for (const dot of dots) {
      const shown = alone.has(dot) && (shared.group === null || dot.point.group === shared.group)
      dot.classList.toggle("faded", !shown)
      dot.classList.toggle("found", shown && Boolean(wanted))
    }
    said.textContent = wanted ? words.found.replace("{n}", found.length) : ""
    list.replaceChildren(
      ...(wanted ? found.slice(0, LISTED) : []).map(({ point }) => {
        const entry = made("li")
        const open = made("button", { type: "button", title: point.path, dir: "auto" }, point.name)
        open.addEventListener("click", () => shared.open(point.path))
        entry.append(open)
        return entry
      }),
    )
  }
  find.addEventListener("input", match)

  const button = (text, label, act) => {
    const one = made("button", { type: "button", "aria-label": label, title: label }, text)
    one.addEventListener("click", act)
    return one
  }
  const whole = () => place(0, 0, SIDE)
  bar.append(find, said, button("+", words.closer, () => zoom(STEP)), button("−", words.further, () => zoom(1 / STEP)), button("⟲", words.whole, whole))

  groups.forEach(({ name, colour, n }, number) => {
    const one = made("button", { type: "button", "aria-pressed": shared.group === number })
    one.append(made("span", { style: `background:${colour}` }), document.createTextNode(`${name} `), made("span", { class: "n" }, n))
    one.addEventListener("click", () => {
      shared.group = shared.group === number ? null : number
      for (const [other, entry] of [...legend.children].entries()) entry.setAttribute("aria-pressed", shared.group === other)
      match()
    })
    legend.append(one)
  })

  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return // the page scrolls
    event.preventDefault()
    zoom(Math.exp(-event.deltaY / 300), spot(event))
  }, { passive: false })
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] }[event.key]
    if (by && shared.window.side < SIDE) move(...by)
    else if (event.key === "+" || event.key === "=") zoom(STEP)
    else if (event.key === "-") zoom(1 / STEP)
    else if (event.key === "0") whole()
    else return
    event.preventDefault()
  })
  // The mouse or one finger moves the window, two fingers zoom it; what was grasped stays under them.
  const fingers = new Map() // by pointer: where it is, in parts of the window
  let [grasped, pressed, from, far] = [null, null, null, 0]
  const centre = () => [0, 1].map((n) => [...fingers.values()].reduce((sum, one) => sum + one[n], 0) / fingers.size)
  const apart = () => {
    const [one, other] = fingers.values()
    return other ? Math.max(0.01, Math.hypot(one[0] - other[0], one[1] - other[1])) : 1
  }
  const grasp = () => {
    const { x, y, side } = shared.window
    const [u, v] = centre()
    grasped = { x: x + u * side, y: y + v * side, spread: side * apart() }
  }
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return
    if (!fingers.size) [pressed, from, far] = [event.target, event, 0]
    else far = Infinity
    fingers.set(event.pointerId, spot(event))
    svg.setPointerCapture(event.pointerId)
    grasp()
  })
  svg.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return
    fingers.set(event.pointerId, spot(event))
    far = Math.max(far, Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY))
    if (far <= CLICK) return
    const side = bounded(grasped.spread / apart())
    const [u, v] = centre()
    place(grasped.x - u * side, grasped.y - v * side, side)
  })
  const release = (event) => {
    if (!fingers.delete(event.pointerId)) return
    if (fingers.size) return grasp()
    const dot = event.pointerType === "touch" ? nearest(event) : pressed
    if (event.type === "pointerup" && far <= CLICK && dot?.point) shared.open(dot.point.path)
  }
  svg.addEventListener("pointerup", release)
  svg.addEventListener("pointercancel", release)
  // the page scrolls by one finger, as long as the whole map is there; never by two
  svg.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false })
  const nearest = (event) => {
    const { x, y, side } = shared.window
    const [u, v, size] = spot(event)
    const far = (dot) => Math.hypot(dot.cx.baseVal.value - x - u * side, dot.cy.baseVal.value - y - v * side) * (size / side)
    const seen = dots.filter((dot) => !dot.classList.contains("faded") && far(dot) < FINGER)
    return seen.sort((one, other) => far(one) - far(other))[0]
  }
  svg.addEventListener("pointermove", ({ target, clientX, clientY }) => {
    tip.hidden = !target.point
    if (!target.point) return
    const box = root.getBoundingClientRect()
    tip.replaceChildren(made("strong", {}, target.point.name), made("span", {}, target.point.path))
    tip.style.left = `${Math.min(clientX - box.left, box.width - 260)}px`
    tip.style.top = `${clientY - box.top + 14}px`
  })
  svg.addEventListener("pointerleave", () => (tip.hidden = true))

  root.append(bar, list, svg, legend, tip)
  parent.querySelector(".map")?.remove()
  parent.append(root)
  shared.watch?.disconnect()
  shared.watch = new ResizeObserver(show)
  shared.watch.observe(svg)
  show()
  match()
}
