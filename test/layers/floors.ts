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
  // The public surface, name by name.
  { level: 6, rooms: ['src/index.ts', 'src/files.ts', 'src/http.ts', 'src/postgres.ts', 'src/memory.ts'] },
  // Sources and sinks that pipelines take, each with an entry of its own. None knows another.
  { level: 5, rooms: ['src/io/http/', 'src/io/postgres/', 'src/io/tail/'] },
  // What users call: it resolves options, starts a run and shapes its end.
  { level: 5, rooms: ['src/parallel-map.ts', 'src/pipeline/', 'src/gather.ts', 'src/into/'] },
  // The two ends of the wire. Neither knows the other: they share the messages, nothing else.
  { level: 4, rooms: ['src/flow/', 'src/spawn/', 'workers/'] },
  // What crosses a thread.
  { level: 3, rooms: ['src/wire/'] },
  // What a function is to a worker; blocks of bytes; the options. None of them knows threads.
  { level: 2, rooms: ['src/task/', 'src/bytes/', 'src/options.ts'] },
  // The words that everyone above uses. They import nothing of Telar but each other.
  {
    level: 1,
    rooms: [
      'src/worker-pool.ts',
      'src/errors.ts',
      'src/describe.ts',
      'src/preview.ts',
      'src/call-site.ts',
      'src/iterator-step.ts',
      'src/open-iterator.ts',
      'src/async-context.ts',
      'src/check.ts',
      'src/deferred.ts',
      'src/exec-argv.ts',
      'src/start-advice.ts',
      'src/summary.ts',
      'src/progress.ts',
      'src/backoff.ts',
      'src/own-memory.ts',
      'src/thread-registry.ts',
      'src/host.ts',
      'src/own-files.ts',
      'src/bundlers.ts',
      'src/journal/',
      'src/limiter/',
      'src/memory/',
    ],
  },
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
];
