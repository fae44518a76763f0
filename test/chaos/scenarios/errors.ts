import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Settled, TaskError } from 'telar';
import {
  failUncloneable,
  failWithFields,
  leaveStray,
  things,
  throwThing,
  waitAWhile,
} from '../tasks/ills.ts';
import type { Scenario } from '../trial/trial.ts';

const COUNT = 200;

export const errors: Scenario = {
  name: 'errors',
  claim: 'what a task throws arrives, and what it leaves behind is blamed on nobody else',
  isolates: ['thread', 'process'],
  run: async (trial) => {
    const { figures } = trial;
    const ids = Array.from({ length: COUNT }, (_, id) => id);
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', listen);
    try {
      await trial.withPool({ workers: 2 }, async (pool) => {
        const withFields = await trial.settled(ids, failWithFields, { pool });
        const kept = withFields.filter((outcome, id) => {
          const cause = causeOf(outcome) as Record<string, unknown> | undefined;
          return (
            cause instanceof RangeError &&
            cause['code'] === 'E_FIELDS' &&
            cause['status'] === 418 &&
            isDeepStrictEqual(cause['details'], { id, list: [1, 2, 3] }) &&
            isDeepStrictEqual((cause as Error).cause, { id })
          );
        });
        figures.exactly('errors whose class, cause and fields are kept', kept.length, COUNT);

        const positions = things.map((_, position) => position);
        const thrown = await trial.settled(positions, throwThing, { pool });
        const same = thrown.filter(
          (outcome, position) =>
            outcome.status === 'rejected' && isDeepStrictEqual(causeOf(outcome), things[position]),
        );
        figures.exactly('throws of what is no error that are failures, with it', same.length, things.length);

        const uncloneable = await trial.settled(ids, failUncloneable, { pool });
        const told = uncloneable.filter(
          (outcome, id) => (causeOf(outcome) as Error | undefined)?.message === `failure ${id}`,
        );
        figures.exactly('uncloneable errors whose message survives', told.length, COUNT);

        // Another call goes on meanwhile: what comes when all calls are over is told by the worker, on its stderr.
        const controller = new AbortController();
        const other = trial.settled([{ id: 0, wait: 600_000 }], waitAWhile, {
          pool,
          signal: controller.signal,
        });
        const over = other.catch(() => {});
        const strays = await trial.settled(ids, leaveStray, { pool });
        const leavers = ids.filter((id) => id % 10 === 0);
        // A stray fails its own item where that is still at work, and else is told as a warning.
        const listNamed = (): number[] =>
          leavers.filter(
            (id) =>
              strays[id]?.status === 'rejected' ||
              warnings.some((text) => text.startsWith(`Item ${id} `) && text.endsWith(`left by ${id}`)),
          );
        for (let waited = 0; waited < 2000 && listNamed().length < leavers.length; waited += 10)
          await sleep(10);
        controller.abort();
        await over;
        const hurt = strays.filter(({ status, index }) => status !== 'fulfilled' && index % 10 !== 0);
        figures.none('innocents failed by strays', hurt.length);
        figures.exactly('strays named after the item that left them', listNamed().length, leavers.length);
      });
    } finally {
      process.off('warning', listen);
    }
  },
};

function causeOf(outcome: Settled<unknown>): unknown {
  return outcome.status === 'rejected' && outcome.reason instanceof TaskError
    ? outcome.reason.cause
    : undefined;
}
