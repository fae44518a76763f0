import { existsSync, readFileSync } from 'node:fs';

/** Lists the links of a page that lead nowhere: to a file, or a heading, that is not there. */
export function listDeadLinks(page: URL): string[] {
  const dead: string[] = [];
  const markdown = withoutCode(readFileSync(page, 'utf8'));
  for (const [, target = ''] of markdown.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const url = new URL(target, page);
    const { hash } = url;
    url.hash = '';
    const isThere = existsSync(url);
    if (!isThere || (hash !== '' && !listHeadings(url).includes(hash.slice(1)))) dead.push(target);
  }
  return dead;
}

function listHeadings(page: URL): string[] {
  const headings = withoutCode(readFileSync(page, 'utf8')).matchAll(/^#+ (.*)$/gm);
  return Array.from(headings, ([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[^]*?^```$/gm, '');
}
