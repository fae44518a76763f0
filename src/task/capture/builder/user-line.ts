import { findSourceMap, type SourceMapping } from 'node:module';
import { type Script, toPosition } from '../../locate/script.ts';

/** Names the line, from 1, in the file that the user wrote, where there is a way back to it; otherwise returns no text. */
export function nameLine(script: Script, offset: number): string {
  if (script.isRewritten === true) return '';
  const { line, column } = toPosition(script, offset);
  const map = process.sourceMapsEnabled ? findSourceMap(script.url) : undefined;
  const entry = map?.findEntry(line, column) as Partial<SourceMapping> | undefined;
  return `line ${(entry?.originalLine ?? line) + 1}`;
}

/** Returns the line in parentheses, to stand behind what a message says. */
export function showLine(script: Script, offset: number): string {
  const line = nameLine(script, offset);
  return line === '' ? '' : ` (${line})`;
}
