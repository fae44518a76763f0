import { readFileSync, writeFileSync } from 'node:fs';
import type { Answer, Case } from '../../cases/case.ts';
import type { Machine } from '../machine.ts';

type Answered = Answer & Pick<Case, 'name'>;

/**
 * Writes the tables of these answers into a page, each between `<!-- bench name -->` and `<!-- end -->`. Throws, and
 * writes nothing, when the page has no such place for one of them.
 */
export function renewTables(path: string, answers: readonly Answered[], machine: Machine): void {
  let page = readFileSync(path, 'utf8');
  for (const answer of answers) page = renewTable(page, answer, machine, path);
  writeFileSync(path, page);
}

export function renewTable(page: string, answer: Answered, machine: Machine, path: string): string {
  const begin = `<!-- bench ${answer.name} -->`;
  const from = page.indexOf(begin);
  const end = from === -1 ? -1 : page.indexOf('<!-- end -->', from);
  if (end === -1) {
    throw new RangeError(`Expected ${path} to have a place for the table: ${begin} … <!-- end -->.`);
  }
  const { node, processor, cores } = machine;
  const notes = [`Node ${node}, ${processor}, ${cores} cores`, ...answer.notes];
  const text = `${formatMarkdown(answer)}\n\n${notes.map((note) => `- ${note}`).join('\n')}`;
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(end)}`;
}

/** A table of Markdown: its last column is code where it looks like a call. */
export function formatMarkdown({ head, rows }: Pick<Answer, 'head' | 'rows'>): string {
  const cell = (text: string): string => (/[()]/.test(text) ? `\`${text}\`` : text.replaceAll('|', '\\|'));
  const isText = (column: number): boolean => rows.some((row) => /[a-z]/i.test(row[column] ?? ''));
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map((_, column) => (isText(column) ? '---' : '--:')).join(' | ')} |`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ].join('\n');
}
