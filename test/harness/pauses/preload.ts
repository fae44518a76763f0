/**
 * Holds threads up, as the system of a busy machine does: around each operation on memory that threads share, on a slot in
 * a file, and on a port, the thread sleeps now and then for up to 2 ms. A protocol that is right does not care.
 *
 * Loaded with `--import` before a program, of which its workers and child processes inherit it; `HELD_UP` is the seed.
 */
import fs from 'node:fs';
import { MessagePort, threadId } from 'node:worker_threads';

/** In ms. */
const LONGEST = 2;
/** Share of the operations that are held up. */
const SHARE = 0.25;
/** Largest share of its time for which a thread sleeps: loops with an operation in each round would never end. */
const MOST = 0.5;

const bed = new Int32Array(new SharedArrayBuffer(4));
const sleep = Atomics.wait.bind(Atomics);
const now = performance.now.bind(performance);
const start = now();
let slept = 0;
/** mulberry32, as in `makeNumbers`: another row of numbers in each thread. */
let state =
  Math.imul(Number(process.env['HELD_UP'] ?? 1) + 1, 0x9e3779b1) ^ Math.imul(threadId + 1, 0x85ebca6b);

function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

function pause(): void {
  if (random() > SHARE) return;
  const before = now();
  if (slept > (before - start) * MOST + 10) return;
  // Most pauses are short: what goes wrong needs one to end within the other thread's.
  sleep(bed, 0, 0, LONGEST * random() ** 2);
  slept += now() - before;
}

type Operation = (...args: never[]) => unknown;

/** Puts pauses around a method, of those calls that `isMeant` says. */
function holdUp(
  holder: object,
  name: string,
  isMeant: (args: readonly unknown[]) => boolean = () => true,
): void {
  const methods = holder as Record<string, Operation>;
  const plain = methods[name];
  if (plain === undefined) return;
  methods[name] = function (this: unknown, ...args: never[]): unknown {
    if (!isMeant(args)) return Reflect.apply(plain, this, args);
    pause();
    try {
      return Reflect.apply(plain, this, args);
    } finally {
      pause();
    }
  };
}

const operations = ['load', 'store', 'exchange', 'compareExchange', 'add', 'sub', 'and', 'or', 'xor'];
for (const name of [...operations, 'wait', 'waitAsync', 'notify']) holdUp(Atomics, name);

/** A slot is some bytes at a place of its own; whoever reads a file goes on from where he was, or takes more. */
const isSlot = ([, , , length, position]: readonly unknown[]): boolean =>
  typeof position === 'number' && typeof length === 'number' && length <= 8;
for (const name of ['readSync', 'writeSync']) holdUp(fs, name, isSlot);

holdUp(MessagePort.prototype, 'postMessage');
