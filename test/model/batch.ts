/**
 * Runs groups of random programs and prints what was wrong: `node batch.js <seed> <first group> <programs>`, at least so
 * many; with `--import …/pauses/preload.js` in front, with threads held up. Ends with a line of JSON (`Batch`).
 */
import fc from 'fast-check';
import { group } from './programs/arbitrary.ts';
import { runGroup } from './group.ts';
import type { Group } from './programs/program.ts';
import { Hang } from './watch.ts';

/** Report on a batch. */
export interface Batch {
  readonly programs: number;
  /** The group that a next batch begins with. */
  readonly next: number;
  readonly differences: number;
}

/** Milliseconds for which a difference is made smaller. */
const SHRINKING = Number(process.env['TELAR_SHRINKING'] ?? 60_000);
/**
 * Number of times that a smaller group has to be right until it is believed: a difference of chance does not happen
 * always.
 */
const TRIES = 3;

const [seed = 1, first = 0, wanted = 1] = process.argv.slice(2).map(Number);
let next = first;
let programs = 0;
let differences = 0;

// The pipes to the parent are opened first, so that they are no news to the census.
void [process.stdout, process.stderr];
// Tasks leave errors behind on purpose.
process.removeAllListeners('warning');
process.on(
  'warning',
  ({ name, message }) => name !== 'TelarStrayError' && console.error(`${name}: ${message}`),
);

try {
  while (programs < wanted) await tryGroup(next++);
} catch (thrown) {
  if (!(thrown instanceof Hang)) throw thrown;
  differences++;
  console.log(`Group ${next - 1} of seed ${seed}: ${thrown.message}`);
}
console.log(JSON.stringify({ programs, next, differences } satisfies Batch));
// The process exits by itself, since anything that hangs would keep it.
process.exit(differences === 0 ? 0 : 1);

/** Runs one group; on a difference, smaller ones until none of them differs. */
async function tryGroup(number: number): Promise<void> {
  let problems: readonly string[] = [];
  let hang: Hang | undefined;
  let runs = 0;
  const began = performance.now();
  const isRight = async (drawn: Group): Promise<boolean> => {
    if (hang !== undefined) return true;
    const isFirst = runs++ === 0;
    if (isFirst) programs += drawn.programs.length;
    for (let time = 0; time < (isFirst ? 1 : TRIES); time++) {
      if (!isFirst && performance.now() - began > SHRINKING) return true;
      try {
        const found = await runGroup(drawn);
        if (found.length === 0) continue;
        problems = found;
      } catch (thrown) {
        if (!(thrown instanceof Hang)) throw thrown;
        if (isFirst) console.log(JSON.stringify(drawn));
        hang = thrown;
        throw thrown;
      }
      return false;
    }
    return true;
  };
  const result = await fc.check(fc.asyncProperty(group, isRight), { seed: seed + number, numRuns: 1 });
  if (hang !== undefined) throw hang;
  if (!result.failed) return;
  differences++;
  if (result.counterexample === null)
    throw new Error('A difference without a program.', { cause: result.errorInstance });
  console.log(`Group ${number} of seed ${seed}, after ${result.numShrinks} steps:`);
  const [smallest] = result.counterexample;
  for (const problem of problems) console.log(`  ${problem}`);
  console.log(`  ${JSON.stringify(pickPrograms(smallest, problems))}`);
}

/** A group that could not be made small shows those of its programs that went wrong. */
function pickPrograms({ pools, programs: all }: Group, problems: readonly string[]): object {
  const named = all.flatMap((one, at) =>
    problems.some((text) => text.startsWith(`program ${at} `)) ? [{ at, ...one }] : [],
  );
  return all.length < 4 || named.length === 0
    ? { pools, programs: all }
    : { pools, programs: named, of: all.length };
}
