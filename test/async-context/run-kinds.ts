import { type Pool, run } from 'telar';
import { add, failAs } from '../fixtures/tasks/called.ts';
import { type Kind, outside } from './requests.ts';

const fail = (n: number): number => {
  throw new Error(`no ${n}`);
};

/** Every kind of callback of single calls: with a task that is imported, and with one that is captured. */
export function listRunKinds(pool: Pool): Record<string, Kind> {
  const options = { pool };
  return {
    'what comes behind a call': async (note) => {
      await run(add, [1, 2], options);
      note();
    },
    'what comes behind a call that fails': (note) => run(failAs, ['throw', 1], options).catch(note),
    'a getter of an argument': (note) =>
      run(
        ({ n }: { n: number }) => n,
        [
          {
            get n() {
              note();
              return 1;
            },
          },
        ],
        options,
      ),
    'a getter of an argument of an imported task': (note) =>
      run(
        add,
        [
          {
            get n() {
              note();
              return 1;
            },
          } as never,
        ],
        options,
      ),
    'retries.when of a call': (note) =>
      run(failAs, ['throw', 1], { pool, retries: { retries: 1, when: () => (note(), true) } }).catch(
        () => {},
      ),
    'retries.delay of a call': (note) =>
      run(fail, [1], { pool, retries: { retries: 2, delay: () => (note(), 1) } }).catch(() => {}),
    'what comes behind a call that somebody else has ended': async (note) => {
      const controller = new AbortController();
      outside(() => setImmediate(() => controller.abort()));
      await run(() => new Promise(() => {}), [], { pool, signal: controller.signal }).catch(note);
    },
  };
}
