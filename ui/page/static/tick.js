// Asks once a second whether anything changed; a hidden tab does not ask, nor one that waits for an answer.
const PATIENCE = 15000 // milliseconds; an answer that has not come by then will not

export default function ({ setTriggerValue }) {
  const tick = () => {
    const shared = window.__searcher
    const waiting = shared?.pending != null && performance.now() - shared.since < PATIENCE
    if (!document.hidden && !waiting) setTriggerValue("tick", Date.now())
  }
  const timer = setInterval(tick, 1000)
  document.addEventListener("visibilitychange", tick)
  return () => {
    clearInterval(timer)
    document.removeEventListener("visibilitychange", tick)
  }
}
