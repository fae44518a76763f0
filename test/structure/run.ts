import { assertNoWords, readCommandLine } from '../harness/command-line.ts';
import { exceptions } from './exceptions.ts';
import { judge, summarise } from './judge.ts';
import { limits } from './limits.ts';
import { measure } from './measure.ts';
import { readProject } from './read-project.ts';

const USAGE = `npm run structure

Prints the figures of the tree, and what is over its limit.

  --help   print this

Exits with 0; with 1 when something is over its limit; with 2 for wrong usage.`;

readCommandLine(USAGE, {}, ({ positionals }) => assertNoWords(positionals));

const findings = measure(readProject());
console.log(summarise(findings, limits).join('\n'));
const broken = judge(findings, limits, exceptions);
console.log(broken.length === 0 ? '\nAll limits hold.' : `\n${broken.join('\n')}`);
process.exitCode = broken.length === 0 ? 0 : 1;
