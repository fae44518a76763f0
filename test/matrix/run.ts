import { assertKnown, readCommandLine } from '../harness/command-line.ts';
import { readChildSeconds } from './child-seconds.ts';
import { judge, type Verdict } from './judge.ts';
import { Progress } from './progress.ts';
import { runWay } from './run-way.ts';
import type { NodeLine, Way } from './way.ts';
import { ways } from './ways.ts';
import { Workshop } from './set-up/workshop.ts';

const USAGE = `npm run matrix -- [ways] [options]

Builds and runs the same rows of closures in each way that people build and run programs, all or those whose names
begin as a word does, such as vitest or jest@24:
${ways.map(({ name }) => `  ${name}`).join('\n')}

What was right on this build is not run again, so that a run that was cut off goes on; a way that is named runs.

  --again   run also what was right
  --quick   a third of the ways
  --list    print the ways, each with its Nodes
  --help    print this

Exits with 0; with 1 when a way is wrong; with 2 for wrong usage.`;

/** Where a way as a whole is not right, all its rows say the same. */
const MOST_SHOWN = 15;

interface Entry {
  readonly name: string;
  readonly way: Way;
  readonly line: NodeLine;
}

const all: readonly Entry[] = ways.flatMap((way) =>
  (way.nodes ?? ['20']).map((line) => ({ name: `${way.name}@${line}`, way, line })),
);
const { values, positionals } = readCommandLine(
  USAGE,
  {
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
  (given) => assertKnown(given.positionals, 'way', (word) => all.some(({ name }) => name.startsWith(word))),
);
const entries = all
  .filter(({ way }) => !values.quick || way.quick === true)
  .filter(({ name }) => positionals.length === 0 || positionals.some((part) => name.startsWith(part)));
if (values.list) for (const { name } of entries) console.log(name);
else process.exitCode = await runEntries();

async function runEntries(): Promise<number> {
  const progress = new Progress(values.again);
  const workshop = await Workshop.open();
  let failed = 0;
  let wall = 0;
  let work = 0;
  try {
    for (const { name, way, line } of entries) {
      const before = progress.secondsOf(name);
      if (before !== undefined && positionals.length === 0) {
        console.log(`${name.padEnd(28)} was right before (${before} s)`);
        continue;
      }
      const began = performance.now();
      const spent = readChildSeconds();
      const verdict = await runEntry(way, line, workshop);
      const seconds = Math.round((performance.now() - began) / 1000);
      const cpu = Math.round((readChildSeconds() ?? 0) - (spent ?? 0));
      wall += seconds;
      work += cpu;
      tell(name, verdict, spent === undefined ? `${seconds} s` : `${seconds} s, ${cpu} s of CPU`);
      if (verdict.faults.length === 0) progress.note(name, seconds);
      else failed++;
    }
  } finally {
    await workshop.close();
  }
  console.log(`In all ${wall} s${work === 0 ? '' : `, ${work} s of CPU`}.`);
  console.log(failed === 0 ? 'All ways are right.' : `${failed} of ${entries.length} ways are not right.`);
  return failed === 0 ? 0 : 1;
}

async function runEntry(way: Way, line: NodeLine, workshop: Workshop): Promise<Verdict> {
  try {
    return judge(way, await runWay(way, line, workshop));
  } catch (error) {
    return judge(way, { rows: new Map(), fault: `it cannot be set up: ${(error as Error).message}` });
  }
}

function tell(name: string, { counts, faults, listedInVain }: Verdict, time: string): void {
  const kinds = Object.entries(counts).filter(([kind, count]) => count > 0 || kind === 'wrong');
  const told = kinds.map(([kind, count]) => `${count} ${kind === 'leftOut' ? 'left out' : kind}`).join(', ');
  console.log(`${name.padEnd(28)} ${told} (${time})${faults.length === 0 ? '' : ' — NOT RIGHT'}`);
  for (const fault of faults.slice(0, MOST_SHOWN)) console.log(`    ${fault}`);
  if (faults.length > MOST_SHOWN) console.log(`    … and ${faults.length - MOST_SHOWN} more`);
  for (const row of listedInVain) console.log(`    listed as refused, works: ${row}`);
}
