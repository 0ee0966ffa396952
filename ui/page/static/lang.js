// Says which language the page speaks: screen readers and hyphenation go by it.
export default function ({ data }) {
  document.documentElement.lang = data.language
}
