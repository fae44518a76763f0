/**
 * `npm run test:all`: the longer tests, part by part. What has passed on this build is not run again, so that a run that was
 * cut off goes on; `-- --again` runs all. `-- kills model` runs the parts of these names, `-- --list` says which there are.
 * What is random draws from a seed that is printed, another one each time; TELAR_SEED repeats one.
 */
import { parseArgs } from 'node:util';
import { runCommand } from '../harness/command.ts';
import { listParts, type Part } from './parts.ts';
import { Progress } from './progress.ts';

const { values, positionals } = parseArgs({
  options: { again: { type: 'boolean', default: false }, list: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const parts = pickParts(listParts(), positionals);
if (values.list) for (const { name, says } of parts) console.log(`${name.padEnd(24)} ${says}`);
else process.exitCode = await runParts();

async function runParts(): Promise<number> {
  if (values.again) Progress.forget();
  const { TELAR_SEED: asked } = process.env;
  const progress = new Progress(asked === undefined ? undefined : Number(asked));
  const env = { TELAR_LONG: '1', TELAR_SEED: String(progress.seed) };
  console.log(`Seed ${progress.seed} (repeat with TELAR_SEED=${progress.seed})`);
  const told: string[] = [];
  let failed = 0;
  for (const part of parts) {
    const before = progress.secondsOf(part.name);
    // Parts that are asked for by name run also where they have passed before.
    if (before !== undefined && positionals.length === 0) {
      told.push(tell(part.name, 'passed before', before));
      continue;
    }
    console.log(`\n── ${part.name} ── ${part.says}`);
    const began = performance.now();
    const exitCode = await runCommand(part.command, { ...part.env, ...env });
    const seconds = Math.round((performance.now() - began) / 1000);
    if (exitCode === 0) progress.note(part.name, seconds);
    else failed++;
    told.push(tell(part.name, exitCode === 0 ? 'passed' : 'FAILED', seconds));
  }
  console.log(`\n${told.join('\n')}\n${failed === 0 ? 'All parts passed.' : `${failed} failed.`}`);
  return failed === 0 ? 0 : 1;
}

function pickParts(all: readonly Part[], names: readonly string[]): readonly Part[] {
  for (const name of names) {
    if (all.every((part) => part.name !== name))
      throw new Error(`There is no part "${name}". There are: ${all.map((part) => part.name).join(', ')}.`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function tell(name: string, what: string, seconds: number): string {
  return `${name.padEnd(24)} ${what.padEnd(14)} ${String(seconds).padStart(5)} s`;
}
