// Looks once a second whether anything changed, and has the page look when it did: that takes twenty times as
// much. A hidden tab does not look, nor one that waits for an answer.
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

async function hasChanged(digest) {
  try {
    const answer = await fetch("/api/changes", { cache: "no-store" })
    return answer.ok && (await answer.json()).digest !== digest
  } catch {
    return false // the server is gone, which is told elsewhere
  }
}

let latest = null // what this was last given; given again with each change of its data
let timer = null

// new results would take it from under the pointer, or the keys
const isHeld = () => document.querySelector("details.menu[open], .facets input:focus")
  || latest === null || document.hidden || performance.now() < (window.__searcher?.quiet ?? 0)

const isWaiting = () => {
  const shared = window.__searcher
  return shared?.pending != null && performance.now() - shared.since < PATIENCE
}

async function tick() {
  if (isHeld()) return
  const shared = window.__searcher
  const link = shared && missed(shared)
  if (link) return shared.follow(link)
  if (isWaiting() || !(latest.data.looks || (await hasChanged(latest.data.digest)))) return
  if (!isHeld() && !isWaiting()) latest.setTriggerValue("tick", Date.now())
}

export default function (given) {
  if (latest === null) {
    timer = setInterval(tick, 1000)
    document.addEventListener("visibilitychange", tick)
  }
  latest = given
  return () => {
    if (latest?.parentElement !== given.parentElement) return // another took its place
    latest = null
    clearInterval(timer)
    document.removeEventListener("visibilitychange", tick)
  }
}
