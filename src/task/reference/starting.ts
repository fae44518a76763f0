import { runInNewContext } from 'node:vm';
import { type Script, toOffset } from '../locate/script.ts';
import { analyseScript } from '../source/analysis.ts';

/**
 * Whether the caller is, or is awaited by, the top level of this module.
 *
 * @remarks
 * Such a module calls `parallelMap` while it is being imported. A worker that imported it would make the same call
 * again, and inside a worker the import would wait for itself.
 */
export function isStarting(script: Script): boolean {
  return readCallSites().some((site) => {
    if (site.getScriptNameOrSourceURL() !== script.url || site.getFunctionName() !== null) return false;
    const offset = toOffset(script, (site.getLineNumber() ?? 1) - 1, (site.getColumnNumber() ?? 1) - 1);
    return analyseScript(script).functions.every(({ start, end }) => offset < start || end <= offset);
  });
}

/** Where the caller stands, and what awaits it. */
export function readCallSites(): readonly NodeJS.CallSite[] {
  // With `--frozen-intrinsics` nobody can say how a stack is made, but in a context of its own.
  if (Object.isFrozen(Error)) return (runInNewContext(READ_SITES) as () => readonly NodeJS.CallSite[])();
  const { stackTraceLimit } = Error;
  const prepareStackTrace: unknown = Reflect.get(Error, 'prepareStackTrace');
  let sites: readonly NodeJS.CallSite[] = [];
  try {
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    Error.prepareStackTrace = (_, found) => {
      sites = found;
    };
    // The engine calls prepareStackTrace when the stack is first read.
    void new Error().stack;
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
    Error.stackTraceLimit = stackTraceLimit;
  }
  return sites;
}

const READ_SITES = `
  Error.stackTraceLimit = Infinity;
  Error.prepareStackTrace = (_, sites) => sites;
  () => new Error().stack;
`;
