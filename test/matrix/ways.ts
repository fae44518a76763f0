import { bundlerWays } from './ways/bundlers.ts';
import { compilerWays } from './ways/compilers.ts';
import { insideWays } from './ways/inside.ts';
import { loaderWays } from './ways/loaders.ts';
import { plainWays } from './ways/plain.ts';
import { nextWays } from './ways/next.ts';
import { otherWays } from './ways/elsewhere.ts';
import { runnerWays } from './ways/runners.ts';
import type { Way } from './way.ts';

/** All ways, in the order in which they run. */
export const ways: readonly Way[] = [
  ...plainWays,
  ...loaderWays,
  ...compilerWays,
  ...bundlerWays,
  ...insideWays,
  ...nextWays,
  ...runnerWays,
  ...otherWays,
];
