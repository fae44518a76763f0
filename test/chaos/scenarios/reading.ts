import { setTimeout as sleep } from 'node:timers/promises';
import { makeBytes } from '../tasks/ills.ts';
import { answerOf } from '../tasks/misbehave.ts';
import type { Scenario } from '../trial/trial.ts';

const MB = 1e6;

export const reading: Scenario = {
  name: 'reading',
  claim: 'a slow reader holds up the source, not the memory',
  isolates: ['thread', 'process'],
  run: async (trial) => {
    const { figures } = trial;
    let pulled = 0;
    const source = (function* (): Generator<number> {
      while (pulled < 10_000_000) yield pulled++;
    })();
    let taken = 0;
    let ahead = 0;
    const before = process.memoryUsage().rss;
    let grown = 0;
    await trial.withPool({ workers: 2 }, async (pool) => {
      for await (const _ of trial.iterate(source, answerOf, { pool })) {
        taken++;
        ahead = Math.max(ahead, pulled - taken);
        if (taken % 20 === 0) {
          await sleep(1);
          grown = Math.max(grown, process.memoryUsage().rss - before);
        }
        if (taken === (trial.isShort ? 2000 : 20_000)) break;
      }
    });
    figures.atMost('items read ahead of a slow reader, of 10 million', ahead, 50_000);
    figures.atMost('memory that this takes', grown / MB, 80, ' MB');

    const count = trial.isShort ? 30 : 300;
    const start = process.memoryUsage().rss;
    let peak = 0;
    let bytes = 0;
    await trial.withPool({ workers: 2 }, async (pool) => {
      const sizes = Array.from({ length: count }, () => 8 * MB);
      for await (const result of trial.iterate(sizes, makeBytes, { pool })) {
        bytes += result.length;
        await sleep(2);
        peak = Math.max(peak, process.memoryUsage().rss - start);
      }
    });
    figures.exactly('bytes of large results', bytes, count * 8 * MB);
    figures.atMost('memory that 300 results of 8 MB take at most', peak / MB, 500, ' MB');
  },
};
