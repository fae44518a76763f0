/** The program that a user of Telar writes. */
import { ndjson, toNdjson } from 'telar/files';
import { pipeline } from 'telar';
import { runWork } from '../run-work.ts';
import { type LogRecord, transform } from '../tasks.ts';

await runWork(async (from, to) => {
  await pipeline(ndjson<LogRecord>(from)).cpu(transform).to(toNdjson(to));
});
