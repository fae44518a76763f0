import { runInNewContext } from 'node:vm';

/** Lists the frames of the caller, and those that await it. */
export function readCallSites(): readonly NodeJS.CallSite[] {
  // Nobody can say how a stack is made with `--frozen-intrinsics`, or where a host has fixed it, but in a context of its own.
  if (isFixed('prepareStackTrace') || isFixed('stackTraceLimit'))
    return (runInNewContext(READ_SITES) as () => readonly NodeJS.CallSite[])();
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

function isFixed(name: 'prepareStackTrace' | 'stackTraceLimit'): boolean {
  const own = Object.getOwnPropertyDescriptor(Error, name);
  return own === undefined ? !Object.isExtensible(Error) : own.writable !== true;
}

const READ_SITES = `
  Error.stackTraceLimit = Infinity;
  Error.prepareStackTrace = (_, sites) => sites;
  () => new Error().stack;
`;
