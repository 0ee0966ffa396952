// Under the box: what the word being typed may become, by the library's own words and names of files.
const PAUSE = 60 // milliseconds without a keystroke; they come before the results, which are asked for after 200
const SHORTEST = 2 // letters
const SUGGESTED = 6
const EARLIER = 3 // searches

function suggesting(box) {
  let timer = 0
  let asking = new AbortController()
  const list = () => document.querySelector(".suggested")
  const clear = () => {
    clearTimeout(timer)
    list()?.replaceChildren()
  }
  const beginning = async (text, signal) => {
    const answer = await fetch(`/api/suggest?${new URLSearchParams({ q: text, limit: SUGGESTED })}`, { signal })
    const found = answer.ok ? (await answer.json()).suggestions : []
    return found.filter((one) => one.text.toLowerCase() !== text.toLowerCase())
  }
  const link = (text, { text: label, kind }) => {
    const made = document.createElement("a")
    const state = new URLSearchParams(location.search)
    for (const name of [...PLACE, "n", "like"]) state.delete(name)
    state.set("q", text)
    made.href = `?${state}`
    made.dir = "auto"
    made.dataset.kind = kind
    made.textContent = label
    return made
  }
  const offered = (name) => JSON.parse(document.querySelector(".offers")?.dataset[name] ?? "[]")
  // filters that begin like the word, with their meaning; searches that were made before and begin so
  const more = (text, before, word, there) => {
    const begun = offered("operators").filter(([name]) => name.startsWith(word.toLowerCase()))
    const filters = begun.map(([name, meaning]) => link(before + name, { text: `${name} ${meaning}`, kind: "filter" }))
    const same = (query) => query.toLowerCase().startsWith(text.toLowerCase()) && query !== text && !there.has(query)
    const queries = offered("queries").filter(same).slice(0, EARLIER)
    return [...filters, ...queries.map((query) => link(query, { text: query, kind: "query" }))]
  }
  const ask = async () => {
    const text = box().value.trimStart()
    const word = text.match(/\S*$/)[0]
    asking.abort() // what was asked for before waits in nobody's way
    const { signal } = (asking = new AbortController())
    try {
      const whole = word === text ? [] : beginning(text, signal) // a name of several words
      const [names, last] = await Promise.all([whole, beginning(word, signal)])
      const words = names.length ? [] : last
      if (box()?.value.trimStart() !== text) return
      const before = text.slice(0, text.length - word.length)
      const links = [...names.map((one) => link(one.text, one)), ...words.map((one) => link(one.kind === "word" ? before + one.text : one.text, one))]
      const there = new Set(links.map((one) => one.textContent))
      list()?.replaceChildren(...links.slice(0, 1), ...more(text, before, word, there), ...links.slice(1))
    } catch {
      if (!signal.aborted) clear() // that the server is gone is said elsewhere
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
