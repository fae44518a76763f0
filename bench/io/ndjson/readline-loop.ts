/** The loop that everyone writes. */
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { runWork } from '../run-work.ts';
import { enrich, type LogRecord } from '../tasks.ts';

await runWork(async (from, to) => {
  const output = createWriteStream(to);
  for await (const line of createInterface({ input: createReadStream(from), crlfDelay: Infinity })) {
    const result = enrich(JSON.parse(line) as LogRecord);
    if (result === undefined) continue;
    if (!output.write(`${JSON.stringify(result)}\n`)) {
      await new Promise<void>((resolve) => output.once('drain', resolve));
    }
  }
  output.end();
  await finished(output);
});
