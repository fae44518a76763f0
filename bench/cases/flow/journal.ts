import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parallelMap } from 'telar';
import { runShort } from '../../tasks.ts';
import { loop, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 4000;
const MICROSECONDS = 1000;
/** Chunks of 10 ms: what a checkpoint costs is paid for each. */
const CHUNK = 10;

export const journal: TimedCase<readonly number[], number> = defineTimed({
  module: import.meta.url,
  name: 'journal',
  group: 'flow',
  question: 'What does a journal cost, in chunks of 10 ms?',
  parts: { tiny: 1 / 100, quick: 1 / 2, full: 1 },
  rounds: 5,
  makeInput: (turns, part) => {
    const typical = Math.round(turns * MICROSECONDS);
    return Array.from({ length: COUNT * part }, (_, at) => typical + (at % 16) - 8);
  },
  contenders: [
    loop((items) => items.map((item) => runShort(item))),
    telar('telar', (items, pool) => parallelMap(items, runShort, { pool, chunkSize: CHUNK })),
    telar('telar, journal', async (items, pool) => {
      const path = join(tmpdir(), `telar-bench-${process.pid}.journal`);
      try {
        return await parallelMap(items, runShort, { pool, chunkSize: CHUNK, journal: path });
      } finally {
        rmSync(path, { force: true });
      }
    }),
  ],
  figures: (find) => [
    { id: 'journal.cpu', value: find('telar, journal').cpu.median / find('telar').cpu.median },
    { id: 'journal.time', value: find('telar, journal').time.median / find('telar').time.median },
  ],
});
