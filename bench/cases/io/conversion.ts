import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline as pipe } from 'node:stream/promises';
import { countRuns, runsIn } from '../../harness/rounds.ts';
import { type Spread, spreadOf, spreadOfPairs } from '../../harness/statistics.ts';
import { type Program, runContender } from '../../io/run-contender.ts';
import type { WorkEnd } from '../../io/run-work.ts';
import type { Measured, Role } from '../../report/measured.ts';
import type { Answer, Settings, Size } from '../case.ts';

const ROUNDS = { tiny: 1, quick: 3, full: 5 } as const;

/** A file that is turned into another. */
export interface Conversion {
  readonly makeInput: (bytes: number) => Promise<string>;
  readonly bytes: Readonly<Record<Size, number>>;
  /** The first is the sequential twin. */
  readonly contenders: readonly FileContender[];
  /** Whether peers run in a few of the rounds only, in a quick bench. `@defaultValue` false */
  readonly hasManyPeers?: boolean;
  readonly figures: (find: Find) => Answer['figures'];
}

/** A program that is given the path to read and the path to write. */
export interface FileContender {
  readonly name: string;
  readonly role: Role;
  readonly missing?: string | undefined;
  readonly program: Program;
}

/** The median ratio of one measure of two contenders, and the median of one. */
export interface Find {
  readonly ratio: (some: string, other: string, measure: 'time' | 'cpu') => number;
  readonly median: (name: string, measure: keyof WorkEnd) => number;
}

/** Runs each program in turn, and compares all that each has written in every round. */
export async function measureConversion(
  { size, rounds = ROUNDS[size] }: Settings,
  { makeInput, bytes, contenders: all, hasManyPeers = false, figures }: Conversion,
): Promise<Answer> {
  const input = await makeInput(bytes[size]);
  const contenders = all.filter(({ missing }) => missing === undefined);
  const isSeldom = ({ role }: FileContender): boolean => hasManyPeers && size === 'quick' && role === 'peer';
  const ends: Map<string, WorkEnd>[] = [];
  let expected: string | undefined;
  for (let round = 0; round < rounds; round++) {
    const own = new Map<string, WorkEnd>();
    const now = contenders.filter((each) => runsIn(round, rounds, isSeldom(each)));
    for (const contender of round % 2 === 0 ? now : now.reverse()) {
      const { end, hash } = await runOnce(contender, input, expected);
      own.set(contender.name, end);
      expected ??= hash;
    }
    ends.push(own);
  }
  /** The measures of a contender, of the rounds in which another ran as well. */
  const pick = (name: string, measure: keyof WorkEnd, beside = name): number[] =>
    ends
      .filter((own) => own.has(name) && own.has(beside))
      .map((own) => own.get(name)?.[measure] ?? Number.NaN);
  const divide = (some: string, other: string, measure: 'time' | 'cpu'): Spread =>
    spreadOfPairs(pick(some, measure, other), pick(other, measure, some), (one, another) => one / another);
  const find: Find = {
    ratio: (some, other, measure) => divide(some, other, measure).median,
    median: (name, measure) => spreadOf(pick(name, measure)).median,
  };
  const limit = contenders.find(({ role }) => role === 'limit')?.name ?? '';
  const measured = contenders.map(({ name, role }): Measured & { cpu: Measured['time'] } => {
    const peaks = pick(name, 'peak').filter((peak) => !Number.isNaN(peak));
    const delays = pick(name, 'delay').filter((delay) => !Number.isNaN(delay));
    return {
      name,
      role,
      time: spreadOf(pick(name, 'time')),
      ratio: divide(name, limit, 'time'),
      cpu: spreadOf(pick(name, 'cpu')),
      work: divide(name, contenders[0]?.name ?? '', 'cpu'),
      ...(peaks.length === 0 ? {} : { peak: spreadOf(peaks.map((peak) => peak / 1e6)) }),
      ...(delays.length === 0 ? {} : { delay: spreadOf(delays) }),
    };
  });
  return {
    head: ['contender', 'MB/s', '× limit', 'lowest – highest', 'CPU s', 'CPU × loop', 'peak MB'],
    rows: measured.map(({ name, time, ratio, cpu, work, peak }) => [
      name,
      (bytes[size] / 1000 / time.median).toFixed(0),
      ratio?.median.toFixed(2) ?? '',
      `${ratio?.low.toFixed(2)} – ${ratio?.high.toFixed(2)}`,
      (cpu.median / 1000).toFixed(2),
      work?.median.toFixed(2) ?? '',
      peak?.median.toFixed(0) ?? '',
    ]),
    notes: [
      ...all.flatMap(({ missing }) => missing ?? []),
      `${bytes[size] / 1e6} MB, ${rounds} fresh processes each${contenders.some(isSeldom) ? `, of peers ${countRuns(rounds, true)}` : ''}, in turn, without the start of their runtime; all write the same bytes`,
    ],
    figures: figures(find),
    contenders: measured,
  };
}

/** Throws when it wrote something else than was expected, and keeps that file for who wants to see why. */
async function runOnce(
  { name, program: { args = [], ...program } }: FileContender,
  input: string,
  expected: string | undefined,
): Promise<{ end: WorkEnd; hash: string }> {
  const output = join(tmpdir(), `telar-bench-${process.pid}.out`);
  try {
    const end = await runContender<WorkEnd>({ ...program, args: [input, output, ...args] });
    const hash = await hashFile(output);
    if (hash === (expected ?? hash)) return { end, hash };
    const kept = `${output}.differs`;
    await rename(output, kept);
    throw new Error(`${name} wrote another file than those before it, which is kept as ${kept}.`);
  } finally {
    await rm(output, { force: true });
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha1');
  await pipe(createReadStream(path), hash);
  return hash.digest('hex');
}
