import { assertKnown, readCommandLine } from '../harness/command-line.ts';
import { runCommand } from '../harness/command.ts';
import { listParts } from './parts.ts';
import { Progress } from './progress.ts';

const all = listParts();
const USAGE = `npm run test:all -- [parts] [options]

Runs the longer tests part by part, all or those that are named:
${all.map(({ name, says }) => `  ${name.padEnd(24)} ${says}`).join('\n')}

What has passed on this build is not run again, so that a run that was cut off goes on; a part that is named runs.
What is random draws from a seed that is printed, another one each time; TELAR_SEED repeats one.

  --again   run also what has passed
  --list    print the parts
  --help    print this

Exits with 0; with 1 when a part has failed; with 2 for wrong usage.`;

const { values, positionals } = readCommandLine(
  USAGE,
  { again: { type: 'boolean', default: false }, list: { type: 'boolean', default: false } },
  (given) => assertKnown(given.positionals, 'part', (word) => all.some(({ name }) => name === word)),
);
const parts = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));
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

function tell(name: string, what: string, seconds: number): string {
  return `${name.padEnd(24)} ${what.padEnd(14)} ${String(seconds).padStart(5)} s`;
}
