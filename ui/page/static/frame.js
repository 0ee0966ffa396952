// On every page: its language, an address that leads nowhere, and a server that is gone.
const PATIENCE = 2 // looks in a row, a second apart, before a lost connection is told

function say(id, text) {
  let line = document.getElementById(id)
  if (!text) return line?.remove()
  if (!line) {
    line = document.createElement("p")
    line.id = id
    line.className = "page-notice"
    line.setAttribute("role", "alert")
    const place = document.querySelector(".stApp") ?? document.body // there are the page's colours
    place.append(line)
  }
  if (line.textContent !== text) line.textContent = text
}

async function answers() {
  try {
    return (await fetch("/api/health", { cache: "no-store" })).ok
  } catch {
    return false
  }
}

// A server that was started again knows no part of the page yet, and a part that asks is not answered: after
// each time without a connection the whole page is asked for.
function askAgain(shared) {
  let connected = true
  new MutationObserver(([{ target }]) => {
    const now = target.getAttribute("data-test-connection-state") === "CONNECTED"
    if (now && !connected) shared.trigger("again", Date.now())
    connected = now
  }).observe(document.body, { attributeFilter: ["data-test-connection-state"], subtree: true })
}

// Streamlit's own link for the keyboard, whose words it never changes again.
function nameSkipLink(text) {
  const link = document.querySelector("[data-testid=stSkipToContent]")
  if (link && link.textContent !== text) link.textContent = text
}

// Of the address that was asked for: by now Streamlit has put that of the search in its place.
function tellUnknown(data) {
  const [asked] = performance.getEntriesByType("navigation")
  const path = new URL(asked.name).pathname.split("/").filter(Boolean)
  if (!path.length || (path.length === 1 && data.paths.includes(path[0]))) return
  say("unknown-page", data.unknown_page)
  for (const done of ["input", "click"]) document.addEventListener(done, () => say("unknown-page", ""), { once: true })
}

export default function ({ data, setTriggerValue }) {
  document.documentElement.lang = data.language
  nameSkipLink(data.skip_to_content)
  const shared = (window.__searcherFrame ??= { lost: 0, back: 0 })
  shared.data = data
  shared.trigger = setTriggerValue // of the latest rendering; what follows stays for good
  if (shared.started) return
  shared.started = true
  askAgain(shared)
  tellUnknown(data)
  setInterval(async () => {
    const state = document.querySelector("[data-testid=stApp]")?.getAttribute("data-test-connection-state")
    shared.seen ||= Boolean(state)
    shared.lost = state === "CONNECTED" || !shared.seen ? 0 : shared.lost + 1
    if (shared.lost < PATIENCE) {
      shared.back = 0
      return say("server-gone", "")
    }
    say("server-gone", shared.data.server_gone.replaceAll("`", ""))
    // the page connects again by itself; where it does not, it is loaded anew
    shared.back = (await answers()) ? shared.back + 1 : 0
    if (shared.back > 3) location.reload()
  }, 1000)
}
