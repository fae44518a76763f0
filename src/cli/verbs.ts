import type { Verb } from './verb.ts';
import { clusterVerb } from './cluster.ts';
import { workerVerb } from './worker.ts';

/** All commands, in the order of the help. */
export const verbs: readonly Verb[] = [workerVerb, clusterVerb];
