import { readFileSync } from 'node:fs';
import { type DefaultTheme, defineConfig } from 'vitepress';

const guides = [
  { text: 'Getting started', link: '/getting-started' },
  { text: 'The three calls', link: '/calls' },
  { text: 'One call at a time', link: '/single-calls' },
  { text: 'Pipelines', link: '/pipelines' },
  { text: 'What travels to a worker', link: '/what-travels' },
  { text: 'State and shared memory', link: '/state' },
  { text: 'Isolation', link: '/isolation' },
  { text: 'Many machines', link: '/cluster' },
  { text: 'Memory limits', link: '/memory-limits' },
  { text: 'Runs that resume', link: '/journal' },
];

const evidence = [
  { text: 'Which tool for which work', link: '/which-tool' },
  { text: 'How far one machine goes', link: '/scale' },
  { text: 'Recipes', link: '/recipes' },
  { text: 'Tools', link: '/tools' },
  { text: 'When something goes wrong', link: '/troubleshooting' },
];

const comingFrom = [
  { text: 'Python: asyncio, concurrent.futures', link: '/coming-from/python' },
  { text: 'joblib', link: '/coming-from/joblib' },
  { text: 'piscina', link: '/coming-from/piscina' },
  { text: 'p-map', link: '/coming-from/p-map' },
  { text: 'workerpool', link: '/coming-from/workerpool' },
  { text: 'GNU parallel', link: '/coming-from/gnu-parallel' },
];

/** Made from the sources by typedoc, before this is read. */
const reference = (
  JSON.parse(
    readFileSync(new URL('../api/typedoc-sidebar.json', import.meta.url), 'utf8'),
  ) as DefaultTheme.SidebarItem[]
).map((entry) => ({ ...entry, text: entry.text === 'index' ? 'telar' : `telar/${entry.text}` }));

/** Dead links fail the build. The site fetches nothing from other hosts. */
export default defineConfig({
  title: 'Telar',
  description: 'Any function over any number of items on all cores of Node.js',
  cleanUrls: true,
  lastUpdated: false,
  // What the pages link to in the repository is read there.
  ignoreDeadLinks: [/^(\.\/)?(\.\.\/)+(src|bench|examples|README|CONTRIBUTING|CHANGELOG|SECURITY|test)/],
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'Which tool?', link: '/which-tool' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
      { text: 'Guide', items: guides },
      { text: 'In practice', items: evidence },
      { text: 'Coming from', items: comingFrom },
      { text: 'API', items: reference },
    ],
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: 'https://github.com/telar-js/telar' }],
  },
});
