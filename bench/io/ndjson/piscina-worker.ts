import { enrich, type LogRecord } from '../tasks.ts';

export function transformLines(lines: readonly string[]): string {
  let results = '';
  for (const line of lines) {
    const result = enrich(JSON.parse(line) as LogRecord);
    if (result !== undefined) results += `${JSON.stringify(result)}\n`;
  }
  return results;
}

export function transformText(text: string): string {
  return transformLines(text.split('\n'));
}
