// Under the box: what the word being typed may become, by the library's own words and names of files.
const PAUSE = 120 // milliseconds without a keystroke
const SHORTEST = 2 // letters
const SUGGESTED = 6

function suggesting(box) {
  let timer = 0
  const list = () => document.querySelector(".suggested")
  const clear = () => {
    clearTimeout(timer)
    list()?.replaceChildren()
  }
  const beginning = async (text) => {
    const answer = await fetch(`/api/suggest?${new URLSearchParams({ q: text, limit: SUGGESTED })}`)
    const found = answer.ok ? (await answer.json()).suggestions : []
    return found.filter((one) => one.text.toLowerCase() !== text.toLowerCase())
  }
  const link = (text, { text: label, kind }) => {
    const made = document.createElement("a")
    const state = new URLSearchParams(location.search)
    for (const name of ["doc", "at", "cite", "n"]) state.delete(name)
    state.set("q", text)
    made.href = `?${state}`
    made.dir = "auto"
    made.dataset.kind = kind
    made.textContent = label
    return made
  }
  const ask = async () => {
    const text = box().value.trimStart()
    const word = text.match(/\S*$/)[0]
    try {
      const names = word === text ? [] : await beginning(text) // a name of several words
      const words = names.length ? [] : await beginning(word)
      if (box()?.value.trimStart() !== text) return
      const before = text.slice(0, text.length - word.length)
      const links = [...names.map((one) => link(one.text, one)), ...words.map((one) => link(one.kind === "file" ? one.text : before + one.text, one))]
      list()?.replaceChildren(...links)
    } catch {
      clear() // that the server is gone is said elsewhere
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target !== box()) return
    clearTimeout(timer)
    const word = box().value.match(/\S*$/)[0]
    // a filter, a phrase or an excluded word is not begun like a word of the library
    if ([...word].length < SHORTEST || /^-|[:"“„«]/.test(word)) clear()
    else timer = setTimeout(ask, PAUSE)
  })
  return { first: () => list()?.querySelector("a") ?? null, clear }
}
