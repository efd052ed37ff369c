// verbatim keeps `{{ ... }}`, which our pages have in templates, from being read as an expression of the generator's.
export function verbatim(md) {
  for (const name of ['text', 'code_inline']) {
    const rule = md.renderer.rules[name]
    md.renderer.rules[name] = (...args) => rule(...args).replaceAll('{{', '&#123;&#123;')
  }
}
