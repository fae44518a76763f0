/** One floor of the house: what stands on it, and why there. */
export interface Floor {
  readonly level: number;
  /** Folders (ending in `/`) and single files, as paths from the repository's root. */
  readonly rooms: readonly string[];
}

/**
 * The house. Imports run downwards only, so that every file can be read knowing only what is below it. On one
 * floor, a folder never knows its neighbours; single files are open to their floor.
 */
export const floors: readonly Floor[] = [
  // The public surface, name by name: the main door, and the others; and the program for the shell.
  { level: 12, rooms: ['src/index.ts', 'src/entries/', 'src/cli/'] },
  // A pipeline composes what the calls below run; a cluster runs it on other machines.
  { level: 11, rooms: ['src/pipeline/', 'src/cluster/'] },
  // What users call: it resolves options, starts a run and shapes its end. Sources and sinks: none knows another.
  { level: 10, rooms: ['src/calls/', 'src/into/', 'src/io/http/', 'src/io/postgres/', 'src/io/tail/'] },
  // The two ends of the wire. Neither knows the other: they share the messages, nothing else.
  { level: 9, rooms: ['src/flow/', 'src/spawn/', 'workers/'] },
  // What crosses a thread.
  { level: 8, rooms: ['src/wire/'] },
  // What a function is to a worker; blocks of bytes. Neither knows threads.
  { level: 7, rooms: ['src/task/', 'src/bytes/'] },
  // Values in shared memory, with what guards them; how often something may happen.
  { level: 6, rooms: ['src/shared/', 'src/limiter/'] },
  // Each option with its type, its default and its check.
  { level: 5, rooms: ['src/options/'] },
  // What is shown and told of a run.
  { level: 4, rooms: ['src/progress/'] },
  // Waiting and iterating; results on disk; the machine and the host that the program runs on.
  { level: 3, rooms: ['src/async/', 'src/journal/', 'src/machine/'] },
  // What can go wrong, and how it is said.
  { level: 2, rooms: ['src/errors/'] },
  // What all copies of Telar on one thread have in common.
  { level: 1, rooms: ['src/realm/'] },
];

/** Packages that one file wraps, so that their quirks are known in one place and a successor replaces one file. */
export const wrappedPackages: readonly string[] = [
  'piscina',
  'comlink',
  'cli-progress',
  'undici',
  'pg',
  'pg-cursor',
  'pg-copy-streams',
  'tough-cookie',
  'bullmq',
  'ioredis',
];
