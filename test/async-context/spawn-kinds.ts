import { createDeferred } from '../../src/async/deferred.ts';
import { spawn } from 'telar';
import type { Remote } from 'telar';
import { Lender } from '../fixtures/spawn/lender.ts';
import { Mortal } from '../fixtures/spawn/mortal.ts';
import { type Kind, type Note, outside } from './requests.ts';

/** Every kind of callback by which a call of a shared object calls its caller. */
export function listCallKinds(object: Remote<Lender>): Record<string, Kind> {
  return {
    'a function as an argument': (note) => object.call(() => note()),
    'a function in an argument': (note) => object.callProperty({ onStep: () => note() }),
    'an iterator as an argument': (note) => object.read(generate(note, 3), 10),
    'an iterator that is left': (note) => object.read(generate(note, 100), 2),
    'an asynchronous iterable': (note) =>
      object.read({ [Symbol.asyncIterator]: () => (note(), generateLater(note)) }, 10),
    'a getter of an argument': (note) =>
      object.take({
        get value() {
          note();
          return 1;
        },
      }),
    'a function that a stream uses': async (note) => {
      const stream = object.stream(() => note());
      await outside(async () => {
        for await (const _ of stream);
      });
    },
  };
}

/** Every kind of callback by which an object of its own calls its maker. */
export const makerKinds: Record<string, Kind> = {
  key: async (note) => {
    await using group = await spawn(Lender, [], { instances: 2, key: () => (note(), 1) });
    await group.take(1);
  },
  'a function that the constructor was given': async (note) => {
    await using object = await spawn(Lender, [() => note()]);
    await outside(() => object.callKept());
  },
  'restart.backoff and onRestart': async (note) => {
    const restarted = createDeferred();
    await using object = await spawn(Mortal, [], {
      restart: { backoff: () => (note(), 0) },
      onRestart: () => {
        note();
        restarted.resolve();
      },
    });
    await outside(() => object.die('exit')).catch(() => {});
    // A call keeps the process alive; an object that nobody waits for does not.
    await Promise.all([restarted.promise, object.count()]);
  },
  'a function of a call that is repeated': async (note) => {
    const latch = new Int32Array(new SharedArrayBuffer(8));
    await using object = await spawn(Mortal, [], { restart: { backoff: 0 }, idempotent: true });
    const waiting = object.call(() => note());
    await outside(() => object.dieOnce(latch));
    await waiting;
  },
};

function* generate(note: Note, count: number): Generator<number> {
  try {
    for (let n = 0; n < count; n++) {
      note();
      yield n;
    }
  } finally {
    note();
  }
}

async function* generateLater(note: Note): AsyncGenerator<number> {
  await new Promise(setImmediate);
  note();
  yield 1;
}
