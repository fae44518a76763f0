import { bundlerWays } from './ways/bundlers.ts';
import { compilerWays } from './ways/compilers.ts';
import { plainWays } from './ways/plain.ts';
import type { Way } from './way.ts';

/** All ways, in the order in which they run. */
export const ways: readonly Way[] = [...plainWays, ...compilerWays, ...bundlerWays];
