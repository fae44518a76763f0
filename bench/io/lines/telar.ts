/** The program that a user of Telar writes. */
import { lines, ndjson, toLines, toNdjson } from 'telar/files';
import { pipeline } from 'telar';
import { runWork } from '../run-work.ts';
import type { LogRecord } from '../tasks.ts';
import { keepFailure, readKind, readPath, splitPath } from './work.ts';

const kind = readKind();

await runWork(async (from, to) => {
  switch (kind) {
    case 'each':
      await pipeline(lines(from)).cpu(readPath).to(toLines(to));
      return;
    case 'skip':
      await pipeline(ndjson<LogRecord>(from)).cpu(keepFailure).to(toNdjson(to));
      return;
    case 'generator':
      await pipeline(ndjson<LogRecord>(from)).cpu(splitPath).to(toNdjson(to));
  }
});
