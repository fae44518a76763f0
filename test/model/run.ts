/**
 * Random programs against a plain loop: `node dist/test/model/run.js [--programs 20000] [--minutes 30] [--seed 1] [--again]`. Every
 * second batch runs with its threads held up. Goes on where it was cut off on this build, by `.cache/model.json`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { hashBuild } from '../all/progress.ts';
import { root } from '../harness/root.ts';
import { runBatch } from './run-batch.ts';

/** Programs of one process. */
const BATCH = 100;
const folder = new URL('.cache/', root);
const file = new URL('model.json', folder);

/** Progress of the run. */
interface State {
  /** The build that the progress is of: with another one it begins anew. */
  readonly of: string;
  readonly seed: number;
  readonly programs: number;
  /** Number of programs among them whose threads were held up. */
  readonly heldUp: number;
  readonly differences: number;
  readonly next: number;
  readonly batches: number;
}

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '20000' },
    minutes: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    again: { type: 'boolean', default: false },
  },
});
if (values.again) rmSync(file, { force: true });
const seed = Number(values.seed);
const build = hashBuild();
const end = performance.now() + Number(values.minutes) * 60_000;
let state = read() ?? { of: build, seed, programs: 0, heldUp: 0, differences: 0, next: 0, batches: 0 };
const found = state.differences;

while (state.programs < Number(values.programs) && performance.now() < end) {
  const isHeldUp = state.batches % 2 === 1;
  const { programs, next, differences, output } = await runBatch(seed, state.next, BATCH, isHeldUp);
  if (output !== '') console.log(`${isHeldUp ? 'Held up' : 'Free'}:\n${output}`);
  state = {
    of: build,
    seed,
    programs: state.programs + programs,
    heldUp: state.heldUp + (isHeldUp ? programs : 0),
    differences: state.differences + differences,
    next,
    batches: state.batches + 1,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(state));
  console.log(
    `${state.programs} programs, ${state.heldUp} of them held up: ${state.differences} differences`,
  );
}
process.exitCode = state.differences === found ? 0 : 1;

function read(): State | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as State;
    return kept.seed === seed && kept.of === build ? kept : undefined;
  } catch {
    // There is none yet, or it was cut off.
    return undefined;
  }
}
