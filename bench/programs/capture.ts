/** Measures what it costs to send a closure. Argument: whether it is only to be tried (`tiny`). Says the figures. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parallelMap, Pool } from 'telar';
import { resolveTask } from '../../src/task/resolve-task.ts';
import { reviveTask } from '../../src/task/revive-task.ts';
import { say } from './say.ts';

/** One figure, with the middle of its rounds and how far they lie apart. */
export interface CaptureFigure {
  readonly id: string;
  readonly value: number;
  readonly spread: number;
  readonly unit: string;
}

type Make = (seed: number) => (value: number) => unknown;

const table = { rows: [1, 2, 3], name: 'table' };
const pattern = /\d+/g;
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A closure with ten captured variables: four primitives, four objects, a helper and an import. */
const makeTen: Make = (seed) => {
  const [label, isOn, list, map] = [`seed ${seed}`, seed > 0, [seed], new Map([[seed, 'value']])];
  return (value) => [value + seed, label, isOn, list, map, table, pattern, digest, basename, makeTen].length;
};

/** Main-thread time of the first capture in a process, over fresh processes. */
function measureFirst(rounds = 7): CaptureFigure {
  const program = fileURLToPath(new URL('./first-capture.js', import.meta.url));
  const times = Array.from({ length: rounds }, () => {
    const { stdout } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    return Number(stdout);
  });
  return summarise('capture.first', times, 'ms');
}

/** Main-thread time of a later capture of a closure with ten captured variables, made anew each time. */
function measureLater(rounds = 300): CaptureFigure {
  const times = Array.from({ length: rounds + 50 }, (_, round) => time(() => resolveTask(makeTen(round))));
  return summarise('capture.later', times.slice(50), 'ms');
}

/** A call with two items on a warm pool, with a closure made anew each time. */
async function measureWarmCall(rounds = 300): Promise<CaptureFigure> {
  const pool = new Pool({ workers: 2 });
  const times: number[] = [];
  for (let round = 0; round < rounds + 50; round += 1) {
    const begin = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one call after the other is what is measured.
    await parallelMap([1, 2], makeTen(round), { pool });
    times.push(performance.now() - begin);
  }
  await pool.close();
  return summarise('capture.call', times.slice(50), 'ms');
}

const makeHot: Make = (seed) => {
  const scale = (value: number): number => value * seed;
  const weights = Float64Array.of(3, 5, 7);
  return (count) => {
    let sum = 0;
    for (let index = 0; index < count; index += 1)
      sum += scale(index) % (weights[index % weights.length] ?? 1);
    return sum;
  };
};

/** Measures how much longer a revived function takes than the original, both hot, in paired rounds. */
async function measureHot(rounds = 61): Promise<CaptureFigure> {
  const original = makeHot(1.5);
  const revived = await reviveTask(await resolveTask(original));
  const ratios = Array.from({ length: rounds + 10 }, (_, round) => compare(round, original, revived));
  return summarise('capture.hot', ratios.slice(10), '× original');
}

/** Measures the same closure when it is passed again and again with new values. */
async function measureRepassed(rounds = 61): Promise<CaptureFigure> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds + 10; round += 1) {
    const original = makeHot(round + 0.5);
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured.
    ratios.push(compare(round, original, await reviveTask(await resolveTask(original))));
  }
  return summarise('capture.repassed', ratios.slice(10), '× original');
}

/** Growth of the memory in use over ten thousand captures of 10 kB each. */
function measureMemory(captures = 10_000): CaptureFigure {
  const capture = (seed: number): unknown => {
    const values = Array.from({ length: 500 }, (_, index) => ({ index, seed }));
    return resolveTask(() => values.length);
  };
  for (let seed = 0; seed < 500; seed += 1) capture(seed);
  const before = usedMemory();
  for (let seed = 0; seed < captures; seed += 1) capture(seed);
  return summarise('capture.memory', [usedMemory() - before], 'MB');
}

/** Memory that eight workers take for a captured 100 MB array which is backed by shared memory. */
async function measureShared(): Promise<CaptureFigure> {
  const pool = new Pool({ workers: 8 });
  const numbers = new Float64Array(new SharedArrayBuffer(100_000_000)).fill(1);
  const items = Array.from({ length: 64 }, (_, index) => index);
  const wait = new Int32Array(new SharedArrayBuffer(4));
  await parallelMap(items, (item) => Atomics.wait(wait, 0, 0, 20) && item, { pool, chunkSize: 1 });
  const before = process.memoryUsage().rss;
  await parallelMap(items, (item) => Atomics.wait(wait, 0, 0, 20) && numbers[item], { pool, chunkSize: 1 });
  const grown = (process.memoryUsage().rss - before) / 1e6;
  await pool.close();
  return summarise('capture.shared', [grown], 'MB');
}

function compare(
  round: number,
  original: (count: number) => unknown,
  revived: (...parameters: [unknown, number, unknown]) => unknown,
): number {
  const first = (): number => time(() => original(200_000));
  const second = (): number => time(() => revived(200_000, 0, undefined));
  // Taking turns in going first cancels what the clock of the processor does.
  const times = round % 2 === 0 ? [first(), second()] : [second(), first()].toReversed();
  return (times[1] ?? 0) / (times[0] ?? 1);
}

function time(run: () => unknown): number {
  const begin = performance.now();
  run();
  return performance.now() - begin;
}

function usedMemory(): number {
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + external + arrayBuffers) / 1e6;
}

function summarise(id: string, values: readonly number[], unit: string): CaptureFigure {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  return { id, value: at(0.5), spread: at(0.75) - at(0.25), unit };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

// One after the other: they must not disturb each other.
const [size] = process.argv.slice(2);
const figures =
  size === 'tiny'
    ? [
        measureFirst(1),
        measureLater(1),
        await measureWarmCall(1),
        await measureHot(1),
        await measureRepassed(1),
        measureMemory(1),
      ]
    : [
        measureFirst(),
        measureLater(),
        await measureWarmCall(),
        await measureHot(),
        await measureRepassed(),
        measureMemory(),
        await measureShared(),
      ];
say({ figures });
