import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { styleText } from 'node:util';
import { Pool } from 'telar';
import { parseCommand, USAGE } from './arguments.ts';
import type { Command } from './arguments.ts';
import { compare } from './compare.ts';
import { findFiles } from './find-files.ts';
import { describeOutcome, describeWorkers } from './report/report.ts';
import type { Line } from './report/report.ts';
import { describeBytes, describeCount, describeFiles } from './report/units.ts';
import { writeRows } from './scan.ts';
import { Totals } from './totals.ts';

const FAILED = 1;
const MISUSED = 2;

async function main(command: Command, signal: AbortSignal): Promise<number> {
  if (command.kind === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (command.kind === 'refused') {
    note(`${command.reason}\n\n${USAGE}`.trimEnd());
    return MISUSED;
  }
  return scan(command, signal);
}

async function scan(command: Command & { kind: 'scan' }, signal: AbortSignal): Promise<number> {
  const { folder, out } = command;
  const files = await findFiles(folder).catch(explain(`Cannot read the folder ${folder}`));
  if (files === undefined) return MISUSED;
  if (files.length === 0) {
    note(`There is no JavaScript and no declaration file in ${folder}: nothing to do.`);
    return 0;
  }
  const file = await open(out, 'w').catch(explain(`Cannot write to ${out}`));
  if (file === undefined) return MISUSED;

  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const pool = new Pool({ workers: command.workers });
  const totals = new Totals();
  note(
    `Scanning ${folder}: ${describeFiles(files.length)}, ${describeBytes(bytes)}, on ${describeWorkers(pool.workers)}.`,
  );
  try {
    const work = { folder, files, pool, signal };
    const summary = await writeRows(work, file, (row) => totals.add(row));
    note('Timing a sample of it, with Telar and in a plain loop.');
    print(describeOutcome({ totals, summary, comparison: await compare(work), out: resolve(out) }));
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    note(
      `Stopped. The rows of ${describeCount(totals.all.files)} of ${describeFiles(files.length)} are in ${out}.`,
    );
    return FAILED;
  } finally {
    await pool.close();
  }
}

/** The data of this program is its table: it goes to stdout. */
function print(lines: Line[]): void {
  const text = lines.map(([style, line]) => {
    if (style === 'plain') return line;
    return styleText(style === 'heading' ? 'dim' : 'bold', line, { stream: process.stdout });
  });
  process.stdout.write(`\n${text.join('\n')}\n`);
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Turns a failure to open what the user named into one line on stderr. */
function explain(what: string): (error: Error) => undefined {
  return ({ message }) => {
    note(`${what}: ${message}.`);
    return undefined;
  };
}

// A reader such as `head` may leave early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// The first signal lets everything be closed; a second one meets no listener and ends the process at once.
const interruption = new AbortController();
let received: NodeJS.Signals | undefined;
const interrupt = (signal: NodeJS.Signals): void => {
  received = signal;
  interruption.abort();
};
process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
process.exitCode = await main(parseCommand(process.argv.slice(2)), interruption.signal);
process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
// Raised again, so that whoever started this sees why it ended: a shell gives 130 or 143.
if (received !== undefined) process.kill(process.pid, received);
