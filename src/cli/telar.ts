#!/usr/bin/env node
import { verbs } from './verbs.ts';
import { describeVerbs } from './help.ts';
import { UsageError } from './usage-error.ts';

/** Exit code of a mistake in the command line, or of a broker that cannot be used. */
const MISTAKE = 2;
/** Milliseconds in which a program with a mistake ends by itself. */
const LEAVING = 2000;

const [name, ...args] = process.argv.slice(2);

if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
  process.stdout.write(describeVerbs(verbs));
  process.exitCode = name === undefined ? MISTAKE : 0;
} else {
  const verb = verbs.find((known) => known.name === name);
  try {
    if (verb === undefined) {
      const known = verbs.map((each) => each.name).join(', ');
      throw new UsageError(`There is no command '${name}'. Commands: ${known}.`);
    }
    process.exitCode = await verb.run(args);
  } catch (thrown) {
    process.exitCode = MISTAKE;
    const { message } = thrown as Error;
    process.stderr.write(`telar: ${message}\n`);
    // What a driver may have left open does not keep the program.
    setTimeout(() => process.exit(), LEAVING).unref();
  }
}
