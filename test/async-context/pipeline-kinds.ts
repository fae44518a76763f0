import { setTimeout as sleep } from 'node:timers/promises';
import type { Sink } from 'telar/files';
import { pipeline, type Pool } from 'telar';
import { closable, type Kind, type Note, outside } from './requests.ts';

const numbers = [1, 2, 3, 4, 5];
const double = (n: number): number => n * 2;
const fail = (n: number): number => {
  throw new Error(`no ${n}`);
};

/** Every kind of callback by which pipelines call their caller. */
export function listPipelineKinds(pool: Pool): Record<string, Kind> {
  const options = { pool };
  const count = { init: (): number => 0, step: (n: number): number => n + 1 };
  return {
    'the source of a pipeline': (note) =>
      pipeline(
        (function* () {
          note();
          yield* numbers;
        })(),
      )
        .cpu(double)
        .toArray(options),
    '.io in front of .cpu': (note) =>
      pipeline(numbers)
        .io((n) => (note(), n))
        .cpu(double)
        .toArray(options),
    '.io behind .cpu': (note) =>
      pipeline(numbers)
        .cpu(double)
        .io(async (n) => {
          note();
          await sleep(1);
          note();
          return n;
        })
        .toArray(options),
    '.io with a rate': (note) =>
      pipeline([1, 2])
        .io((n) => (note(), n), { rate: { limit: 1, interval: 5 } })
        .cpu(double)
        .toArray(options),
    'a generator of .io': (note) =>
      pipeline(numbers)
        .cpu(double)
        .io(async function* (n) {
          note();
          yield n;
          note();
        })
        .cpu(double)
        .toArray(options),
    'retry rules of .io': (note) =>
      pipeline(numbers)
        .cpu(double)
        .io(fail, { retries: { retries: 1, when: () => (note(), true), delay: () => (note(), 1) } })
        .onError(note)
        .toArray(options),
    '.tap': (note) => pipeline(numbers).cpu(double).tap(note).toArray(options),
    '.onError': (note) => pipeline(numbers).cpu(fail).onError(note).toArray(options),
    '.forEach': (note) => pipeline(numbers).cpu(double).forEach(note, options),
    'merge of .reduce': (note) =>
      pipeline(numbers)
        .cpu(double, { chunkSize: 1 })
        .reduce({ ...count, merge: (a, b) => (note(), a + b) }, options),
    'merge of .groupBy': (note) =>
      pipeline(numbers)
        .cpu(double, { chunkSize: 1 })
        .groupBy(() => 'all', { ...count, merge: (a, b) => (note(), a + b) })
        .toArray(options),
    'a sink': (note) => pipeline(numbers).cpu(double).to(makeSink(note), options),
    'onProgress and onSummary': (note) =>
      pipeline(numbers)
        .cpu(double)
        .run({ ...options, onProgress: note, onSummary: note }),
    'stages of a pipeline that is read elsewhere': async (note) => {
      const results = pipeline(numbers)
        .io((n) => (note(), n))
        .cpu(double)
        .io((n) => (note(), n))
        .iterate(options);
      await outside(async () => {
        for await (const result of results) if (result > 100) return;
      });
    },
    'the source of a pipeline whose reader leaves': async (note) => {
      const results = pipeline(closable(note)).cpu(double).iterate(options);
      await outside(async () => {
        for await (const _ of results) return;
      });
    },
    'a stage that is aborted by somebody else': async (note) => {
      const controller = new AbortController();
      const call = pipeline(numbers)
        .io(
          (_, __, { signal }) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => {
                note();
                reject(new Error('stopped'));
              });
              outside(() => setImmediate(() => controller.abort()));
            }),
        )
        .run({ ...options, signal: controller.signal });
      await call.catch(() => {});
    },
  };
}

function makeSink(note: Note): Sink<number> {
  return {
    kind: 'values',
    open: async () => {
      note();
      return {
        write: async () => note(),
        end: async () => note(),
        abort: async () => note(),
      };
    },
  };
}
