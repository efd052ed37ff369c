// The site of Secretwright: the pages of docs/ with a home page, a sidebar and a search that needs no server.
import {dirname, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {defineConfig} from 'vitepress'
import {followLinks, slug} from './links.mjs'
import {pages, sidebar} from './pages.mjs'
import {verbatim} from './verbatim.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const repository = 'https://github.com/secretwright/secretwright'

// Where the site is published; a preview below another path sets SITE_BASE.
const base = process.env.SITE_BASE ?? '/secretwright/'

// The pages are outside site/, and the generator's modules are found from it alone.
const fromSite = {
  name: 'from-site',
  enforce: 'pre',
  resolveId(source, importer, options) {
    if (!importer?.includes('.md') || !/^vue(\/|$)/.test(source)) return null
    return this.resolve(source, resolve(root, 'site/index.md'), {...options, skipSelf: true})
  },
}

export default defineConfig({
  title: 'Secretwright',
  description: 'Kubernetes Secrets from encrypted Git, and the references to them, in one declaration.',
  lang: 'en',
  base,
  cleanUrls: false,
  lastUpdated: false,
  srcDir: root,
  // Only the files of pages.mjs are pages, whatever other Markdown the repository has.
  srcExclude: ['!(docs|site)/**/*', '!(CHANGELOG|SECURITY).md', '{docs,site}/*/**/*'],
  rewrites: pages,
  outDir: resolve(root, '.bin/site'),
  cacheDir: resolve(root, '.bin/site-cache'),
  head: [['link', {rel: 'icon', type: 'image/svg+xml', href: base + 'logo.svg'}]],
  vite: {
    publicDir: resolve(root, 'site/public'),
    plugins: [fromSite],
  },
  markdown: {
    theme: {light: 'github-light-high-contrast', dark: 'github-dark'},
    languageAlias: {dotenv: 'ini', txt: 'text'},
    anchor: {slugify: slug},
    config: (md) => {
      followLinks(md, {root, pages, repository: repository + '/blob/main/'})
      verbatim(md)
    },
  },
  themeConfig: {
    logo: '/logo.svg',
    nav: [
      {text: 'Tutorial', link: '/tutorial'},
      {text: 'SecretSpec', link: '/secretspec'},
      {text: 'Findings', link: '/findings'},
      {text: 'Changes', link: '/changelog'},
    ],
    sidebar: sidebar(),
    outline: {level: [2, 3]},
    search: {provider: 'local'},
    socialLinks: [{icon: 'github', link: repository}],
    editLink: {pattern: ({filePath}) => `https://github.com/secretwright/secretwright/edit/main/${filePath}`},
    footer: {message: 'Apache-2.0'},
  },
})
