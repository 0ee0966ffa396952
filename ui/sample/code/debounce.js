/** Run `action` only after no call has come for `delay` milliseconds. */
export function debounce(action, delay) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), delay);
  };
}

/** Split a query string such as "?a=1&b=2" into an object. */
export function parseQueryString(text) {
  const result = {};
  for (const pair of text.replace(/^\?/, "").split("&")) {
    if (!pair) continue;
    const [key, value = ""] = pair.split("=").map(decodeURIComponent);
    result[key] = value;
  }
  return result;
}
