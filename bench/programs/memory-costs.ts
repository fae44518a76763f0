/** Measures what shared memory costs to use. Argument: how many times each thing is done. Says nanoseconds a time. */
import { parallelMap, Pool } from 'telar';
import { AtomicCounter, Channel, Mutex, Semaphore, share } from 'telar/memory';
import { createRandom } from '../harness/random.ts';
import { say } from './say.ts';

const [argument] = process.argv.slice(2);
const times = Number(argument);
const ROUNDS = 7;

export interface Cost {
  readonly group: 'read' | 'sync';
  readonly what: string;
  /** Nanoseconds a time: the median of the rounds, and their extremes. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

const costs: Cost[] = [];

function note(group: Cost['group'], what: string, rounds: readonly number[]): void {
  const sorted = rounds.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  costs.push({ group, what, median: at(0.5), low: at(0), high: at(1) });
}

/** Runs in the order A B C, A B C, … so that what disturbs the machine disturbs all. */
function compare<Given>(
  prepare: () => Given,
  ways: Readonly<Record<string, (given: Given) => unknown>>,
): void {
  const rounds = Object.entries(ways).map(([what, run]) => ({ what, run, found: [] as number[] }));
  for (let round = -2; round < ROUNDS; round++) {
    const results = rounds.map(({ run, found }) => {
      const given = prepare();
      const begin = performance.now();
      const result = run(given);
      if (round >= 0) found.push(((performance.now() - begin) * 1e6) / times);
      return result;
    });
    if (new Set(results).size > 1) throw new Error(`The ways differ: ${results.join(', ')}.`);
  }
  for (const { what, found } of rounds) note('read', what, found);
}

const random = createRandom(5);
const map = new Map<string, number>();
while (map.size < times) map.set(Math.floor(random() * 2 ** 50).toString(36), map.size + 1);
const shared = share(map);
const words = [...map.keys()];
const asked = words.map((word, at) => (at % 2 === 0 ? word : `${word.slice(1)}-`));
for (let at = asked.length - 1; at > 0; at--) {
  const other = Math.floor(random() * (at + 1));
  [asked[at], asked[other]] = [asked[other] as string, asked[at] as string];
}
const text = Buffer.from(asked.join(' '), 'latin1') as Buffer & {
  /** A method of Node that its types lack. */
  latin1Slice(from: number, to: number): string;
};
const ends = asked.map((word) => word.length);

/** Cuts words out of a text, as they come: nothing has hashed them yet. */
function cutWords(): string[] {
  let at = 0;
  return ends.map((length) => text.latin1Slice(at, (at += length + 1) - 1));
}
const find = (table: { get(key: string): number | undefined }) => (keys: readonly string[]) => {
  let sum = 0;
  for (const key of keys) sum += table.get(key) ?? 0;
  return sum;
};
compare(cutWords, { 'Map, a word cut out of a text': find(map), 'share(map), such a word': find(shared) });
compare(() => asked, {
  'Map, a word asked for before': find(map),
  'share(map), such a word again': find(shared),
});

const rows = Array.from({ length: times }, (_, id) => ({ id, name: `name ${id % 100}`, score: id / 4 }));
const sharedRows = share(rows);
const sumScores = (own: readonly { readonly score: number }[]) => () => {
  let sum = 0;
  for (const { score } of own) sum += score;
  return sum;
};
compare(() => undefined, {
  'array of objects, each read once': sumScores(rows),
  'share(array), each read once': sumScores(sharedRows),
});
const numbers = rows.map(({ score }) => score);
const floats = Float64Array.from(numbers);
const sumAll = (own: ArrayLike<number>) => () => {
  let sum = 0;
  for (let at = 0; at < own.length; at++) sum += own[at] as number;
  return sum;
};
compare(() => undefined, { 'typed array, an element': sumAll(floats) });
compare(() => undefined, { 'share(typed array), an element': sumAll(share(floats)) });
compare(() => undefined, { 'share(array of numbers), an element': sumAll(share(numbers)) });

const pool = new Pool({ workers: 2 });
const counter = new AtomicCounter();
const mutex = new Mutex();
const semaphore = new Semaphore(4);
const channel = new Channel<number>();
const there = new Channel<number>();
const back = new Channel<number>();

/** Nanoseconds a time, in a worker. */
type Timed = (count: number) => number;
const inWorker: Readonly<Record<string, Timed>> = {
  'counter.add()': (turns) => {
    const begin = performance.now();
    for (let turn = 0; turn < turns; turn++) counter.add();
    return ((performance.now() - begin) * 1e6) / turns;
  },
  'mutex.lockSync() and release, free': (turns) => {
    const begin = performance.now();
    for (let turn = 0; turn < turns; turn++) mutex.lockSync().release();
    return ((performance.now() - begin) * 1e6) / turns;
  },
  'semaphore.acquireSync() and release, free': (turns) => {
    const begin = performance.now();
    for (let turn = 0; turn < turns; turn++) semaphore.acquireSync().release();
    return ((performance.now() - begin) * 1e6) / turns;
  },
  'channel.sendSync(1) and receiveSync()': (turns) => {
    const begin = performance.now();
    for (let turn = 0; turn < turns; turn++) {
      channel.sendSync(turn);
      channel.receiveSync();
    }
    return ((performance.now() - begin) * 1e6) / turns;
  },
};
for (const [what, run] of Object.entries(inWorker)) {
  const found: number[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured.
  for (let round = -2; round < ROUNDS; round++) {
    const [time] = await parallelMap([Math.ceil(times / 10)], run, { pool });
    if (round >= 0) found.push(time as number);
  }
  note('sync', what, found);
}

/** There and back: each side sleeps until the other has sent. */
async function measureWakeUps(turns: number): Promise<{ workers: number; main: number }> {
  const answer = (): void => {
    for (const value of there) back.sendSync(value);
  };
  const answering = parallelMap([0], answer, { pool });
  const begin = performance.now();
  for (let turn = 0; turn < turns; turn++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured.
    await there.send(turn);
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured.
    await back.receive();
  }
  const main = ((performance.now() - begin) * 1e6) / turns / 2;
  const ask = (count: number): number => {
    const start = performance.now();
    for (let turn = 0; turn < count; turn++) {
      there.sendSync(turn);
      back.receiveSync();
    }
    return ((performance.now() - start) * 1e6) / count / 2;
  };
  const [workers] = await parallelMap([turns], ask, { pool });
  there.close();
  await answering;
  return { main, workers: workers as number };
}
const wakeUps = await measureWakeUps(Math.ceil(times / 200));
note('sync', 'a value from a worker to another that waits', [wakeUps.workers]);
note('sync', 'a value between main and a worker that waits', [wakeUps.main]);

const sendAll = (turns: number): void => {
  for (let turn = 0; turn < turns; turn++) channel.sendSync(turn);
  channel.close();
};
const streamed = Math.ceil(times / 4);
const sending = parallelMap([streamed], sendAll, { pool });
const begin = performance.now();
let received = 0;
for await (const value of channel) received += value >= 0 ? 1 : 0;
await sending;
if (received !== streamed) throw new Error(`${received} of ${streamed} values came.`);
note('sync', 'a value of a stream from a worker to main', [((performance.now() - begin) * 1e6) / streamed]);

await pool.close();
say({ costs });
