/** Options that a thread is started with beside what it inherits. */
export interface ThreadFlags {
  execArgv?: string[];
  env?: NodeJS.ProcessEnv;
}

/**
 * Flags that Node has refused to a thread: those of V8 and of the process, which a thread has from the process anyway.
 */
const refused = new Set<string>();

/**
 * Starts a thread that can load files: threads inherit `--input-type`, and then refuse to load them. An explicit
 * `execArgv` may hold only flags of threads, so it is given where it is needed, and what Node refuses is left out.
 *
 * @param start - Called again with fewer flags when it throws that they cannot be given.
 */
export function startWithFlags<T>(start: (flags: ThreadFlags) => T): T {
  for (;;) {
    const flags: ThreadFlags = { ...chooseExecArgv(), ...withoutInputType(process.env) };
    try {
      return start(flags);
    } catch (thrown) {
      if (!learnRefused(flags.execArgv, thrown)) throw thrown;
    }
  }
}

function chooseExecArgv(): ThreadFlags {
  if (!process.execArgv.some((flag) => flag.startsWith('--input-type'))) return {};
  const execArgv: string[] = [];
  for (let i = 0; i < process.execArgv.length; i++) {
    const flag = process.execArgv[i] as string;
    if (/^(--input-type|--eval|--print|-e|-p|-pe)$/.test(flag)) i++;
    else if (refused.has(flag)) {
      // The value of a refused flag, if it stands by itself, would be read as the end of all flags.
      if (process.execArgv[i + 1]?.startsWith('-') === false) i++;
    } else if (!/^--(input-type|eval|print)=/.test(flag)) execArgv.push(flag);
  }
  return { execArgv };
}

/**
 * Returns the environment without `--input-type` in NODE_OPTIONS, which holds for every process and thread; returns
 * nothing to give where NODE_OPTIONS does not have it.
 */
export function withoutInputType(env: NodeJS.ProcessEnv): { env?: NodeJS.ProcessEnv } {
  const { NODE_OPTIONS: options } = env;
  if (options === undefined || !options.includes('--input-type')) return {};
  const others = options.replaceAll(/(^|\s)--input-type(=|\s+)\S+/g, '');
  return { env: { ...env, NODE_OPTIONS: others } };
}

/** Remembers the flags that an error names as refused. Returns whether there were any that were not known to be. */
function learnRefused(execArgv: readonly string[] | undefined, thrown: unknown): boolean {
  const { code, message } = thrown as { code?: unknown; message?: unknown };
  if (execArgv === undefined || code !== 'ERR_WORKER_INVALID_EXEC_ARGV') return false;
  const [, list = ''] = /flags: (.*)$/s.exec(String(message)) ?? [];
  const named = execArgv.filter((flag) => flag.startsWith('-') && `, ${list}, `.includes(`, ${flag}, `));
  for (const flag of named) refused.add(flag);
  return named.length > 0;
}

/** Flags of the program that its children must not get: what to run, and what only one process may do. */
const NOT_INHERITED = /^--(input-type|eval|print|test|watch|inspect|run|check|cpu-prof|heap-prof)/;

/** Lists the flags of a child process: those of this process, and V8's limits. */
export function listExecArgv(limits: HeapLimits | undefined): string[] {
  const flags: string[] = [];
  for (let i = 0; i < process.execArgv.length; i++) {
    const flag = process.execArgv[i] as string;
    if (/^-(e|p|pe|c|i)$/.test(flag) || /^--(input-type|eval|print)$/.test(flag)) i++;
    else if (!NOT_INHERITED.test(flag)) flags.push(flag);
    // A value that stands by itself goes with its flag: a child would take it for the file to run.
    else if (process.execArgv[i + 1]?.startsWith('-') === false) i++;
  }
  const { maxOldGenerationSizeMb, maxYoungGenerationSizeMb, stackSizeMb } = limits ?? {};
  if (maxOldGenerationSizeMb !== undefined) flags.push(`--max-old-space-size=${maxOldGenerationSizeMb}`);
  // Young objects have two halves and a third of that size for what was found alive.
  if (maxYoungGenerationSizeMb !== undefined)
    flags.push(`--max-semi-space-size=${Math.max(1, Math.round(maxYoungGenerationSizeMb / 3))}`);
  if (stackSizeMb !== undefined) flags.push(`--stack-size=${Math.round(stackSizeMb * 1000)}`);
  return flags;
}

interface HeapLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  readonly stackSizeMb?: number;
}
