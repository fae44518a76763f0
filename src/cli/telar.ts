#!/usr/bin/env node
import type { Verb } from './verb.ts';
import { verbs } from './verbs.ts';
import { readVersion } from './version.ts';
import { describeVerbs } from './help.ts';
import { UsageError } from './usage-error.ts';

/** Exit code of a mistake in the command line, or of a broker that cannot be used. */
const MISTAKE = 2;
/** Milliseconds in which a program with a mistake ends by itself. */
const LEAVING = 2000;

const [name, ...args] = process.argv.slice(2);

// What cannot be written does not end a node in the middle of its tasks, whose output comes this way as well.
process.stdout.once('error', ({ code, message }: NodeJS.ErrnoException) => {
  process.stdout.on('error', () => {});
  // A reader that has left, as `head` does, has what it wanted.
  if (code === 'EPIPE') return;
  process.exitCode = MISTAKE;
  process.stderr.write(`telar: Cannot write the output: ${message}\n`);
});
process.stderr.on('error', () => {});

try {
  process.exitCode = await run(name, args);
} catch (thrown) {
  process.exitCode = MISTAKE;
  const { message } = thrown as Error;
  process.stderr.write(`telar: ${message}\n`);
  // What a driver may have left open does not keep the program.
  setTimeout(() => process.exit(), LEAVING).unref();
}

/** Runs what the command line says, and returns the exit code. */
async function run(command: string | undefined, rest: readonly string[]): Promise<number> {
  switch (command) {
    case '--version':
    case '-v':
      process.stdout.write(`${readVersion()}\n`);
      return 0;
    case 'help':
      if (rest.length > 0) return await findVerb(String(rest[0])).run(['--help']);
      break;
    case undefined:
    case '--help':
    case '-h':
      break;
    default:
      return await findVerb(command).run(rest);
  }
  process.stdout.write(describeVerbs(verbs));
  return command === undefined ? MISTAKE : 0;
}

function findVerb(wanted: string): Verb {
  const verb = verbs.find((known) => known.name === wanted);
  if (verb !== undefined) return verb;
  const known = verbs.map((each) => each.name).join(', ');
  throw new UsageError(`There is no command '${wanted}'. Commands: ${known}.`);
}
