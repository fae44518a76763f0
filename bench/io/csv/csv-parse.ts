/** csv-parse on one thread, as its documentation has it. */
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { runWork } from '../run-work.ts';
import { bill, type OrderRow } from '../tasks.ts';

await runWork(async (from, to) => {
  const output = createWriteStream(to);
  const rows = createReadStream(from).pipe(parse({ columns: true }));
  for await (const row of rows) {
    const order = bill(row as OrderRow);
    if (order !== undefined && !output.write(`${JSON.stringify(order)}\n`)) {
      await new Promise<void>((resolve) => output.once('drain', resolve));
    }
  }
  output.end();
  await finished(output);
});
