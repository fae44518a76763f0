import { exceptions } from './exceptions.ts';
import { judge, summarise } from './judge.ts';
import { limits } from './limits.ts';
import { measure } from './measure.ts';
import { readProject } from './read-project.ts';

// `npm run structure` prints the figures of the tree, and what is over its limit.

const findings = measure(readProject());
console.log(summarise(findings, limits).join('\n'));
const broken = judge(findings, limits, exceptions);
console.log(broken.length === 0 ? '\nAll limits hold.' : `\n${broken.join('\n')}`);
process.exitCode = broken.length === 0 ? 0 : 1;
