import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parallelMap, parallelMapIterable, parallelMapSettled, type Pool } from 'telar';
import { createDeferred } from '../../src/async/deferred.ts';
import { parallelReduce } from 'telar/memory';
import { closable, type Kind, outside } from './requests.ts';

const numbers = [1, 2, 3, 4, 5];
const double = (n: number): number => n * 2;
const fail = (n: number): number => {
  throw new Error(`no ${n}`);
};

/** Every kind of callback by which calls over items call their caller. */
export function listEngineKinds(pool: Pool): Record<string, Kind> {
  return {
    'a generator as the input': (note) =>
      parallelMap(
        (function* () {
          for (const n of numbers) {
            note();
            yield n;
          }
        })(),
        double,
        { pool },
      ),
    'an asynchronous generator as the input': (note) =>
      parallelMap(
        (async function* () {
          for (const n of numbers) {
            await sleep(1);
            note();
            yield n;
          }
        })(),
        double,
        { pool, chunkSize: 1 },
      ),
    'a stream as the input': (note) => {
      let left = 3;
      const source = new Readable({
        objectMode: true,
        read() {
          note();
          this.push(left-- > 0 ? left : null);
        },
      });
      return parallelMap(source, double, { pool });
    },
    'the `then` of an item': (note) =>
      parallelMap(
        numbers.map((n) => ({
          // oxlint-disable-next-line no-thenable
          then(resolve: (value: number) => void) {
            note();
            resolve(n);
          },
        })) as unknown as PromiseLike<number>[],
        double,
        { pool },
      ),
    'a getter of an item': (note) =>
      parallelMap(
        [
          {
            get n() {
              note();
              return 1;
            },
          },
        ],
        ({ n }) => n,
        { pool },
      ),
    cost: (note) => parallelMap(numbers, double, { pool, cost: (n) => (note(), n) }),
    onProgress: (note) => parallelMap(numbers, double, { pool, chunkSize: 1, onProgress: note }),
    onSummary: (note) => parallelMap(numbers, double, { pool, onSummary: note }),
    'retries.when': (note) =>
      parallelMapSettled(numbers, fail, { pool, retries: { retries: 1, when: () => (note(), true) } }),
    'retries.delay': (note) =>
      parallelMapSettled(numbers, fail, { pool, retries: { retries: 1, delay: () => (note(), 1) } }),
    'the input of a reader who is elsewhere': async (note) => {
      const results = parallelMapIterable(
        (function* () {
          note();
          yield* numbers;
        })(),
        double,
        { pool },
      );
      await outside(async () => {
        for await (const result of results) if (result > 100) return;
      });
    },
    'an input that is closed because its reader leaves': async (note) => {
      const results = parallelMapIterable(closable(note), double, { pool });
      await outside(async () => {
        for await (const _ of results) return;
      });
    },
    'an input that is closed by a signal of somebody else': async (note) => {
      const controller = new AbortController();
      const abort = (): unknown => outside(() => setImmediate(() => controller.abort()));
      await parallelMap(closable(note, abort), double, { pool, signal: controller.signal }).catch(() => {});
    },
    'an input that is closed at a failure': (note) =>
      parallelMap(closable(note), fail, { pool, chunkSize: 1 }).catch(() => {}),
    'merge of parallelReduce': (note) =>
      parallelReduce(
        Float64Array.from({ length: 600 }, (_, n) => n),
        { init: () => 0, step: (sum, n) => sum + n, merge: (a, b) => (note(), a + b) },
        { pool },
      ),
    'a listener of warnings': (note, name) => {
      const heard = createDeferred();
      awaitWarning(`left by ${name}.`, () => {
        note();
        heard.resolve();
      });
      const leave = (n: number): number => {
        if (n === 0) {
          setTimeout(() => {
            throw new Error(`left by ${name}.`);
          });
        }
        return n;
      };
      // The source waits until the stray was heard of, so that the call is still there when the stray comes.
      const source = (async function* () {
        yield 0;
        await heard.promise;
      })();
      return parallelMap(source, leave, { pool });
    },
  };
}

const awaited = new Map<string, () => void>();

/** One listener serves all: more than ten make Node warn of a leak. */
function awaitWarning(text: string, callback: () => void): void {
  if (awaited.size === 0) process.on('warning', onWarning);
  awaited.set(text, callback);
}

function onWarning({ message }: Error): void {
  for (const [text, callback] of awaited) {
    if (!message.endsWith(text)) continue;
    awaited.delete(text);
    callback();
  }
  if (awaited.size === 0) process.off('warning', onWarning);
}
