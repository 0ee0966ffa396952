"""What a person sees while typing in a page that searches as one types; a part of `benchmarks/page.py`."""

from __future__ import annotations

import random

from playwright.sync_api import Page

PAUSES = (80, 150)  # milliseconds between two keys
STANDS = 1500  # milliseconds after which nothing that came late may have changed the box

# Notes each state of the box, and when its letter, what belongs to the whole text, and new suggestions were
# painted: two frames after they are in the page. `there` is the selector of what belongs to the text.
RECORD = """
([box, text, there]) => {
  const input = document.querySelector(box), seen = (window.seen = { values: [], letters: [] })
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(() => then(performance.now())))
  input.addEventListener("input", ({ timeStamp }) => {
    seen.values.push(input.value)
    seen.last = timeStamp
    painted((now) => seen.letters.push(now - timeStamp))
  })
  const look = () => {
    if (document.querySelector(there)) painted((now) => (seen.results = now))
    else requestAnimationFrame(look)
  }
  look()
  const suggested = () => document.querySelector(".suggested a") && input.value === text
  const observer = new MutationObserver(() => {
    if (!suggested()) return
    observer.disconnect()
    painted((now) => (seen.suggestions = now))
  })
  observer.observe(document.body, { childList: true, subtree: true })
}
"""


class Lost(Exception):
    """A keystroke is not where it was typed."""


def typed(page: Page, box: str, there: str, text: str, *, suggests: bool = False) -> dict[str, float]:
    """Milliseconds from the last key of `text` until what belongs to it is painted: `results`, and
    `suggestions` where the page has some; and `letter`, from a key to its letter, the median. Raises Lost."""
    field = page.locator(box)
    field.fill("")
    field.focus()
    if suggests:  # those of before are of no use
        page.evaluate("document.querySelector('.suggested')?.replaceChildren()")
    page.evaluate(RECORD, [box, text, there.replace("TEXT", text)])
    chance = random.Random(text)
    for letter in text:
        page.keyboard.type(letter)
        page.wait_for_timeout(chance.uniform(*PAUSES))
    page.wait_for_function(f"seen.results && {'seen.suggestions' if suggests else 'true'}", timeout=60_000)
    page.wait_for_timeout(STANDS)
    seen, stands = page.evaluate("seen"), field.input_value()
    if seen["values"] != [text[: n + 1] for n in range(len(text))] or stands != text:
        raise Lost(f"{text!r} became {seen['values']}, and then {stands!r}")
    times = {name: seen[name] - seen["last"] for name in ("results", "suggestions") if name in seen}
    return {"letter": sorted(seen["letters"])[len(text) // 2], **times}
