/** papaparse on one thread, over a stream, row by row. */
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import Papa from 'papaparse';
import { runWork } from '../run-work.ts';
import { bill, type OrderRow } from '../tasks.ts';

await runWork(async (from, to) => {
  const output = createWriteStream(to);
  await new Promise<void>((resolve, reject) => {
    Papa.parse<OrderRow>(createReadStream(from, { encoding: 'utf8', highWaterMark: 1 << 20 }), {
      header: true,
      skipEmptyLines: true,
      delimiter: ',',
      newline: '\n',
      chunk: ({ data }) => {
        let lines = '';
        for (const row of data) {
          const order = bill(row);
          if (order !== undefined) lines += `${JSON.stringify(order)}\n`;
        }
        output.write(lines);
      },
      complete: () => resolve(),
      error: reject,
    });
  });
  output.end();
  await finished(output);
});
