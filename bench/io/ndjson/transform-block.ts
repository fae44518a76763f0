import { enrich, type LogRecord } from '../tasks.ts';

const NEWLINE = 10;

/** Takes a block line by line, and gives the lines that it becomes, in memory of their own. */
export function transformBlock(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  let lines = '';
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, from);
    const end = newline === -1 ? bytes.length : newline;
    const result = enrich(JSON.parse(bytes.toString('utf8', from, end)) as LogRecord);
    if (result !== undefined) lines += `${JSON.stringify(result)}\n`;
    from = end + 1;
  }
  return Buffer.from(lines);
}
