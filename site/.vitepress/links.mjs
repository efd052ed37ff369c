// Links as the repository has them, relative to a file, made to lead to the same place on the site.
import {existsSync, statSync} from 'node:fs'
import {posix, relative, resolve} from 'node:path'

// slug returns the anchor that GitHub gives a heading, so that a link with an anchor works in both places.
export function slug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}

// followLinks has links between pages lead to the pages, and links to other files of the repository to GitHub. A link to a
// file that does not exist fails the build.
export function followLinks(md, {root, pages, repository}) {
  md.core.ruler.push('follow-links', (state) => {
    const path = state.env.realPath ?? state.env.path
    if (!path) return // a title, whose links are not followed
    const file = relative(root, path).replaceAll('\\', '/')
    const from = file === 'site/index.md' ? '.' : posix.dirname(file) // the home page includes the README
    for (const block of state.tokens) {
      for (const token of block.children ?? []) {
        const href = token.attrGet('href')
        if (token.type !== 'link_open' || !href || /^([a-z]+:|#|\/)/.test(href)) continue
        token.attrSet('href', target(from, href, file))
      }
    }
  })

  function target(from, href, file) {
    const [path, anchor] = href.split('#')
    const name = posix.normalize(posix.join(from, decodeURI(path))).replace(/\/$/, '')
    const hash = anchor === undefined ? '' : '#' + anchor
    const page = pages[name]
    if (page) return '/' + page + hash
    if (name.startsWith('..') || !existsSync(resolve(root, name))) throw new Error(`${file} links to ${href}, which does not exist`)
    const folder = statSync(resolve(root, name)).isDirectory()
    return (folder ? repository.replace('/blob/', '/tree/') : repository) + name + hash
  }
}
