import { Bench } from 'tinybench';
import { type Comparison, prepareInput } from './contender.ts';
import { cores } from '../report/machine.ts';
import { cpuTime, machineTime } from './cpu-time.ts';

/** One run of one contender. */
export interface Sample {
  /** Milliseconds from the call to the last result. */
  readonly time: number;
  /** Milliseconds of CPU, of all threads. */
  readonly cpu: number;
  /** The share of the machine that other processes took meanwhile. */
  readonly disturbance: number;
}

/** A run of each contender, one after the other. */
export type Round = readonly Sample[];

/** A run during which others took more of the machine than this is repeated, … */
const DISTURBED = 0.06;
/** … until there were this many times as many rounds as wanted. Then the calmest runs count. */
const PATIENCE = 2;
/** A run below this many ms is too short to say how much others took. */
const SHORT = 100;

/** Rounds of A B C A B C …, so that what changes on the machine meanwhile hits all alike. */
export async function runRounds<Input extends ArrayLike<unknown>, Output>(
  comparison: Comparison<Input, Output>,
  count: number,
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  while (rounds.length < count * PATIENCE && !areCalm(rounds, count)) {
    rounds.push(await runRound(comparison));
  }
  return rounds;
}

/** Whether every contender has had enough runs that nobody disturbed. */
function areCalm(rounds: readonly Round[], count: number): boolean {
  const [first] = rounds;
  if (first === undefined) return false;
  return first.every((_, at) => rounds.filter((round) => isCalm(round[at])).length >= count);
}

function isCalm(sample: Sample | undefined): boolean {
  return (sample?.disturbance ?? 0) <= DISTURBED;
}

/** The rounds in which this contender was disturbed least, in the order in which they ran. */
export function pickCalmest(rounds: readonly Round[], contender: number, count: number): readonly Round[] {
  const disturbance = (round: Round): number => round[contender]?.disturbance ?? 0;
  const calmest = [...rounds].sort((a, b) => disturbance(a) - disturbance(b)).slice(0, count);
  return rounds.filter((round) => calmest.includes(round));
}

async function runRound<Input extends ArrayLike<unknown>, Output>(
  comparison: Comparison<Input, Output>,
): Promise<Round> {
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, throws: true, retainSamples: true });
  const used = new Map<string, { cpu: number; elsewhere: number }>();
  for (const contender of comparison.contenders) {
    let input: Input | undefined;
    let cpu = 0;
    let machine = 0;
    bench.add(
      contender.name,
      async () => {
        await contender.run(input as Input);
      },
      {
        async: true,
        beforeEach: () => {
          input = prepareInput(comparison, contender);
          machine = machineTime();
          cpu = cpuTime();
        },
        afterEach: () => {
          const own = cpuTime() - cpu;
          used.set(contender.name, { cpu: own, elsewhere: machineTime() - machine - own });
          input = undefined;
        },
      },
    );
  }
  const tasks = await bench.run();
  return tasks.map(({ name, result }) => {
    const time = 'latency' in result ? (result.latency.samples?.[0] ?? Number.NaN) : Number.NaN;
    const { cpu, elsewhere } = used.get(name) ?? { cpu: Number.NaN, elsewhere: 0 };
    // The machine's clock is too coarse for a short run.
    const disturbance = time < SHORT ? 0 : Math.max(0, elsewhere) / (time * cores);
    return { time, cpu, disturbance };
  });
}
