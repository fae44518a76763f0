/**
 * What a thread is started with so that it can load files: workers inherit `--input-type`, and then refuse to. An explicit
 * `execArgv` refuses V8's own flags, so it is given only where it is needed.
 */
export function withoutInputType(): { execArgv?: string[] } {
  if (!process.execArgv.some((flag) => flag.startsWith('--input-type'))) return {};
  const execArgv: string[] = [];
  for (let i = 0; i < process.execArgv.length; i++) {
    const flag = process.execArgv[i] as string;
    if (flag === '--input-type' || flag === '-e' || flag === '--eval' || flag === '-p' || flag === '--print')
      i++;
    else if (!flag.startsWith('--input-type=') && !flag.startsWith('--eval=')) execArgv.push(flag);
  }
  return { execArgv };
}

/** Flags of the program that must not be said of its children: what to run, and what only one process may do. */
const NOT_INHERITED = /^--(input-type|eval|print|test|watch|inspect|run|check|cpu-prof|heap-prof)/;

/** The flags of a child process: those of this one, and V8's limits. */
export function listExecArgv(limits: HeapLimits | undefined): string[] {
  const flags: string[] = [];
  for (let i = 0; i < process.execArgv.length; i++) {
    const flag = process.execArgv[i] as string;
    if (/^-(e|p|pe|c|i)$/.test(flag) || /^--(input-type|eval|print)$/.test(flag)) i++;
    else if (!NOT_INHERITED.test(flag)) flags.push(flag);
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
