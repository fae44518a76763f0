import { writeFileSync } from 'node:fs';
import { assertNoWords, readCommandLine } from '../harness/command-line.ts';
import { describeSurface, LIST } from './public-names.ts';

const USAGE = `npm run names

Writes the list of public names and options, test/surface/public-names.txt.

  --help   print this

Exits with 0; with 2 for wrong usage.`;

readCommandLine(USAGE, {}, ({ positionals }) => assertNoWords(positionals));

writeFileSync(LIST, describeSurface());
