// Which files of the repository are pages, and where the sidebar has them.
import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

// The order of the sidebar. A page of docs/ that is named nowhere comes last, under "More".
const groups = [
  {text: 'Start', names: ['install', 'tutorial', 'secretspec', 'keys']},
  {text: 'Use it', names: ['kustomize', 'kpt', 'helm', 'gitops', 'integrations', 'commands', 'reviewing']},
  {text: 'When something is wrong', names: ['findings', 'troubleshooting']},
  {text: 'Move to it', names: ['compared', 'from-kpt', 'from-ksops', 'from-sopssecretgenerator', 'from-secretgenerator', 'from-flux']},
  {text: 'Judge it', names: ['security', 'compatibility', 'benchmarks', 'dependencies', 'changelog']},
]

// pages maps the files to their paths on the site.
export const pages = {'site/index.md': 'index.md', 'CHANGELOG.md': 'changelog.md', 'SECURITY.md': 'security.md'}
for (const file of readdirSync(join(root, 'docs')).sort()) {
  if (file.endsWith('.md')) pages['docs/' + file] = file
}

// sidebar returns the groups with their pages, each by its heading.
export function sidebar() {
  const left = new Map()
  for (const [file, page] of Object.entries(pages)) {
    if (page !== 'index.md') left.set(page.replace(/\.md$/, ''), title(file))
  }
  const take = (name) => {
    const text = left.get(name)
    left.delete(name)
    return text && {text, link: '/' + name}
  }
  const out = groups.map(({text, names}) => ({text, items: names.map(take).filter(Boolean)}))
  out.push({text: 'More', items: [...left.keys()].map(take)})
  return out.filter(({items}) => items.length > 0)
}

// title returns the first heading of a page.
function title(file) {
  const heading = /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))
  if (!heading) throw new Error(`${file} has no heading`)
  return heading[1].replaceAll('`', '')
}
