// The passage of an open document: scrolled to, and the words that were asked for standing out in it.

// In scripts without spaces a word may begin and end anywhere.
const SPACELESS = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}"
const EDGE = `[[\\p{L}\\p{N}_]--[${SPACELESS}]]`

const BLOCK = "li, p, td, th, h1, h2, h3, h4, h5, h6, pre, .prose"

// Ranges of what is looked for in the document, through its elements; a block ends a line.
function sought(doc) {
  const walker = document.createTreeWalker(doc, NodeFilter.SHOW_TEXT)
  const nodes = []
  let [text, block] = ["", null]
  for (let node; (node = walker.nextNode()); ) {
    const parent = node.parentElement
    if (parent.closest(".ln, .similar, .on, details:not([open])")) continue
    if (block !== (block = parent.closest(BLOCK))) text += "\n"
    nodes.push([text.length, node])
    text += node.data
  }
  const place = (offset) => {
    let [low, high] = [0, nodes.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (nodes[middle][0] <= offset) low = middle
      else high = middle - 1
    }
    return [nodes[low][1], Math.min(offset - nodes[low][0], nodes[low][1].length)]
  }
  const words = doc.dataset.found.split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
  return [...text.matchAll(new RegExp(words.join("\\s+"), "giu"))].map((found) => {
    const range = new Range()
    range.setStart(...place(found.index))
    const [node, end] = place(found.index + found[0].length - 1)
    range.setEnd(node, end + 1)
    return range
  })
}

// Of these the one that is shown: in the lines that stand out, behind those before it.
function shownOf(doc, ranges) {
  const inside = ranges.filter((range) => range.startContainer.parentElement.closest(".here"))
  return inside[Math.min(Number(doc.dataset.nth), inside.length - 1)] ?? null
}

// Ranges of those words, whatever the text is rendered as; its elements stay as they are.
function asked(doc) {
  const ranges = []
  if (!globalThis.CSS?.highlights) return ranges
  CSS.highlights.delete("current")
  if (doc.dataset.found) {
    ranges.push(...sought(doc))
    CSS.highlights.set("asked", new Highlight(...ranges))
    const current = shownOf(doc, ranges)
    if (current) CSS.highlights.set("current", new Highlight(current))
    return ranges
  }
  const words = doc.dataset.words.split(" ").filter(Boolean)
  const wanted = new RegExp(`(?<!${EDGE})(?:${words.join("|")})(?!${EDGE})`, "giv")
  for (const here of words.length ? doc.querySelectorAll(".here") : []) {
    const walker = document.createTreeWalker(here, NodeFilter.SHOW_TEXT)
    for (let node; (node = walker.nextNode()); ) {
      if (node.parentElement.closest(".ln, details:not([open])")) continue
      for (const found of node.data.matchAll(wanted)) {
        const range = new Range()
        range.setStart(node, found.index)
        range.setEnd(node, found.index + found[0].length)
        ranges.push(range)
      }
    }
  }
  CSS.highlights.set("asked", new Highlight(...ranges))
  return ranges
}

// Top of the lines that hold the most different words, in pixels of the window; null without any.
function densest(ranges) {
  const places = ranges.map((range) => [range.getBoundingClientRect().top, range.toString().toLowerCase()])
  let most = 0
  let chosen = null
  for (const [top] of places) {
    const near = new Set(places.filter(([other]) => other >= top && other < top + 90).map(([, word]) => word))
    if (near.size > most) [most, chosen] = [near.size, top]
  }
  return chosen
}

// Scroll to `here`; a passage longer than the panel is opened where it says what was asked.
function show(doc, here, words) {
  const top = doc.getBoundingClientRect().top
  const room = doc.clientHeight
  if (!here) return void (doc.scrollTop = 0)
  const begin = here.getBoundingClientRect().top
  const best = doc.dataset.found ? shownOf(doc, words)?.getBoundingClientRect().top ?? null : densest(words)
  const far = best !== null && best - begin > room - 160
  doc.scrollTop += (far ? best - room / 2 : begin - Math.min(room / 3, 80)) - top
}
