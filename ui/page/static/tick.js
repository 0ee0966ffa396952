// Asks once a second whether anything changed; a hidden tab does not ask, nor one that waits for an answer.
const PATIENCE = 15000 // milliseconds; an answer that has not come by then will not
const TRIES = 3

// The link that puts right what this tab missed: when runs follow closely, Streamlit's page may drop what one
// of them drew. Given when two looks in a row, with nothing running, find an answer that never came, another
// document than the address names, or results for another query than the box holds.
function missed(shared) {
  const box = document.querySelector(".st-key-q input")
  const running = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning"
  if (!box || running) return null
  const asked = new URLSearchParams(location.search)
  const place = ["doc", "at", "cite", "find", "nth"].map((name) => asked.get(name) ?? "").join(" ").trim()
  const shown = (document.querySelector(".preview")?.dataset.place ?? "").trim()
  const query = document.querySelector(".hits, .empty[data-q]")?.dataset.q ?? box.value
  const right = shared.pending === null && shown === place && query.trim() === box.value.trim()
  if (right) shared.tries = 0
  shared.amiss = right ? 0 : (shared.amiss ?? 0) + 1
  if (shared.amiss < 2 || shared.tries >= TRIES) return null
  shared.amiss = 0
  shared.tries = (shared.tries ?? 0) + 1
  if (shared.typed === box.value) asked.set("q", box.value) // else the box itself is what missed something
  return (shared.pending !== null && shared.link) || `?${asked}`
}

export default function ({ setTriggerValue }) {
  const tick = () => {
    const shared = window.__searcher
    // new results would take it from under the pointer, or the keys
    if (document.querySelector("details.menu[open], .facets input:focus")) return
    if (document.hidden || performance.now() < (shared?.quiet ?? 0)) return
    const link = shared && missed(shared)
    const waiting = shared?.pending != null && performance.now() - shared.since < PATIENCE
    if (link) shared.follow(link)
    else if (!waiting) setTriggerValue("tick", Date.now())
  }
  const timer = setInterval(tick, 1000)
  document.addEventListener("visibilitychange", tick)
  return () => {
    clearInterval(timer)
    document.removeEventListener("visibilitychange", tick)
  }
}
