/** The program that a user of Telar writes. */
import { csv, toNdjson } from 'telar/files';
import { pipeline } from 'telar';
import { runWork } from '../run-work.ts';
import { type OrderRow, toOrder } from '../tasks.ts';

await runWork(async (from, to) => {
  await pipeline(csv<OrderRow>(from)).cpu(toOrder).to(toNdjson(to));
});
