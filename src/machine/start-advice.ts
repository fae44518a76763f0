import { NOT_FOUND } from './own-files.ts';

/** Reason why a worker, or the thread of an object, could not start. */
export interface StartProblem {
  readonly kind: string;
  /** Value that the worker or thread threw, or what the system said. */
  readonly thrown?: unknown;
}

const PRELOADS =
  'Modules that are preloaded (`--import`, `--require`, NODE_OPTIONS) run there, too: ' +
  'what is for the main thread alone belongs behind `isMainThread` of node:worker_threads.';

const LIMITS =
  'The system gives no further threads or processes: see `ulimit -u` and the pids limit of the container, or use fewer `workers`.';

const MEMORY = 'Give it more memory with `resourceLimits`.';

const BY_CODE: Readonly<Record<string, string>> = {
  ERR_WORKER_INIT_FAILED: LIMITS,
  ERR_WORKER_OUT_OF_MEMORY: MEMORY,
  EAGAIN: LIMITS,
  EMFILE: 'This process has no file descriptor left: close what is open, or raise the limit (`ulimit -n`).',
  ENFILE: 'The system has no file descriptor left.',
  ENOMEM: 'The system has no memory left for it.',
  ENOSPC: 'The folder for temporary files is full.',
  E2BIG: 'The environment is too large to be handed on: shorten what stands in `process.env`.',
  EACCES: 'The system does not let this process start Node.',
  ENOENT: 'A file that it starts from is missing.',
  // The message of this error says what to do.
  [NOT_FOUND]: 'See "Tools" in the documentation.',
  MODULE_NOT_FOUND: PRELOADS,
  ERR_MODULE_NOT_FOUND: PRELOADS,
};

/** Advises what to do about a start that failed, as a sentence. */
export function adviseStart({ kind, thrown }: StartProblem): string {
  if (kind === 'out-of-memory') return MEMORY;
  if (kind === 'suspended') return 'Find out what stops the processes that your program starts.';
  if (kind === 'late') return 'Give it longer with the option `startTimeout`.';
  const code: unknown =
    typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'code') : undefined;
  return BY_CODE[String(code)] ?? PRELOADS;
}

/** Limits that are checked here of those that `new Worker` takes as `resourceLimits`, in MB. */
interface ThreadLimits {
  readonly maxOldGenerationSizeMb?: number | undefined;
  readonly stackSizeMb?: number | undefined;
}

/**
 * Least values in MB. Below them V8 ends the whole program, and not just the thread (Node 20 to 26); above them, a
 * thread that has too little says so.
 */
const LEAST: readonly (readonly [name: keyof ThreadLimits, least: number])[] = [
  ['maxOldGenerationSizeMb', 3],
  ['stackSizeMb', 0.25],
];

/** Throws where a thread with these limits would end the program. */
export function assertStartable(limits: ThreadLimits | undefined): void {
  for (const [name, least] of LEAST) {
    const value = limits?.[name];
    if (value === undefined || !(value < least)) continue;
    const message = `\`resourceLimits.${name}\` is ${value}, and no thread starts with less than ${least} MB`;
    throw Object.assign(new RangeError(message), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
  }
}
