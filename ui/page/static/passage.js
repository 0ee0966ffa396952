// The passage of an open document: scrolled to, and the words that were asked for standing out in it.

// In scripts without spaces a word may begin and end anywhere.
const SPACELESS = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}"
const EDGE = `[[\\p{L}\\p{N}_]--[${SPACELESS}]]`

// Ranges of those words, whatever the text is rendered as; its elements stay as they are.
function asked(doc) {
  const ranges = []
  if (!globalThis.CSS?.highlights) return ranges
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
  const best = densest(words)
  const far = best !== null && best - begin > room - 160
  doc.scrollTop += (far ? best - room / 2 : begin - Math.min(room / 3, 80)) - top
}
