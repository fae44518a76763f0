/** piscina with arrays of lines, or with these joined to one text. Arguments: from, to, `lines` or `text`. */
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { Piscina } from 'piscina';
import { cores } from '../../report/machine.ts';
import { runWork } from '../run-work.ts';

/** Lines in a message: some 300 KB. */
const LINES = 1000;
/** Messages under way: one runs on each core, one waits for it. */
const AHEAD = cores * 2;

const filename = new URL('./piscina-worker.js', import.meta.url).href;
const name = process.argv[4] === 'text' ? 'transformText' : 'transformLines';

await runWork(async (from, to) => {
  const pool = new Piscina({ filename, name, minThreads: cores, maxThreads: cores });
  const output = createWriteStream(to);
  const running: Promise<string>[] = [];
  const writeFirst = async (): Promise<void> => {
    const text = await running.shift();
    if (!output.write(text)) await new Promise<void>((resolve) => output.once('drain', resolve));
  };
  const send = (lines: readonly string[]): void => {
    const message = name === 'transformText' ? lines.join('\n') : lines;
    running.push(pool.run(message) as Promise<string>);
  };
  let lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(from), crlfDelay: Infinity })) {
    if (lines.push(line) < LINES) continue;
    send(lines);
    lines = [];
    if (running.length >= AHEAD) await writeFirst();
  }
  if (lines.length > 0) send(lines);
  while (running.length > 0) await writeFirst();
  output.end();
  await finished(output);
  await pool.destroy();
});
