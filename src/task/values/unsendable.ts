import * as types from 'node:util/types';
import { findStaying } from '../../realm/stays-here.ts';

/** Reason why a value cannot travel: what it is, and the way out as a full sentence. */
export interface Unsendable {
  readonly noun: string;
  readonly fix: string;
}

const open = 'Pass its result instead, or open it in the worker with perWorker(() => …)';
const make = 'Make it in the worker with perWorker(() => …)';

/** Plain words for the classes of Node and of the language. */
const nouns: readonly (readonly [name: string, noun: string, fix: string])[] = [
  ['Server', 'a server', 'Pass what it received instead'],
  ['Socket', 'a socket', open],
  ['ClientRequest', 'a request under way', open],
  ['ChildProcess', 'a child process', 'Start it in the worker with perWorker(() => …)'],
  ['Worker', 'a worker', 'A task runs on a worker already'],
  ['MessagePort', 'a message port', 'Hand it over with transfer() as part of an item'],
  ['FileHandle', 'an open file', 'Pass its path, and open it in the worker with perWorker(() => …)'],
  ['Stream', 'a stream', open],
  ['ReadableStream', 'a stream', open],
  ['WritableStream', 'a stream', open],
  ['TransformStream', 'a stream', open],
  ['AbortSignal', 'an abort signal', 'Pass it as the `signal` of the call; the task sees `context.signal`'],
  [
    'AbortController',
    'an abort controller',
    'Pass its signal as the `signal` of the call; the task sees `context.signal`',
  ],
  ['Timeout', 'a timer', 'Start it in the task'],
  ['Immediate', 'a timer', 'Start it in the task'],
  ['EventEmitter', 'an event emitter', make],
  ['EventTarget', 'an event target', make],
  ['Hash', 'a hash under way', 'Make it in the task'],
  ['Hmac', 'a hash under way', 'Make it in the task'],
  ['Response', 'a response', 'Read its body first and capture that'],
  ['Request', 'a request', 'Pass its parts'],
  ['Iterator', 'an iterator in use', 'Turn it into an array first'],
];

/** Describes an object that cannot travel whatever it holds, if it is one. */
export function findUnsendable(value: object): Unsendable | undefined {
  const own = findStaying(value);
  if (own !== undefined) return own;
  if (types.isProxy(value)) return { noun: 'a proxy', fix: 'Pass the object behind it.' };
  if (isMock(value)) {
    return {
      noun: 'a mock, and mocks live in the thread of the test only',
      fix: 'Give the task a plain function in its place, or name the real one with importTasks(), and look at the results instead of the calls.',
    };
  }
  if (types.isPromise(value)) return { noun: 'a promise', fix: 'Await it first, and capture what it gives.' };
  if (value instanceof WeakRef) return { noun: 'a WeakRef', fix: 'Capture the object that it refers to.' };
  if (types.isGeneratorObject(value) || isCompiledGenerator(value)) {
    return {
      noun: 'a generator that already runs',
      fix: 'Call the generator function in the task, or turn it into an array first.',
    };
  }
  if (types.isArgumentsObject(value))
    return { noun: 'an arguments object', fix: 'Use a rest parameter (...parameters).' };
  if (types.isMapIterator(value) || types.isSetIterator(value)) {
    return { noun: 'an iterator in use', fix: 'Turn it into an array first.' };
  }
  if (types.isModuleNamespaceObject(value)) {
    return {
      noun: 'a module',
      fix: 'Import it with an import declaration, or with await import(…) in the task.',
    };
  }
  // Deno has no such test, so it may be missing.
  return types.isExternal?.(value) ? { noun: 'a native object', fix: `${make}.` } : undefined;
}

/** Returns whether a function is one of `jest.fn`, `vi.fn` or Sinon, which notes its calls. */
function isMock(value: object): boolean {
  if (typeof value !== 'function') return false;
  return ['_isMockFunction', 'isSinonProxy'].some(
    (key) => Object.getOwnPropertyDescriptor(value, key)?.value === true,
  );
}

/**
 * Returns whether an object is what compilers make, for old targets, of a generator that was called: that of regenerator
 * has its state machine as a member, that of tslib has methods of its own, with the state in their variables. A copy of
 * it never ends, or goes wrong.
 */
function isCompiledGenerator(value: object): boolean {
  const methods = ['next', 'throw', 'return'];
  if (Object.hasOwn(value, '_invoke')) return methods.every((name) => name in value);
  const isOwn = (key: string | symbol): boolean =>
    typeof Object.getOwnPropertyDescriptor(value, key)?.value === 'function';
  return methods.every(isOwn) && [Symbol.iterator, Symbol.asyncIterator].some(isOwn);
}

/** Describes an object whose class belongs to the language or to Node. `names` holds its classes, the nearest first. */
export function describeNative(names: readonly string[]): Unsendable {
  for (const own of names) {
    const known = nouns.find(([name]) => own === name || (name !== 'Worker' && own.endsWith(name)));
    if (known !== undefined) return { noun: known[1], fix: `${known[2]}.` };
  }
  return { noun: `a native object (${names[0] ?? 'without a class'})`, fix: `${make}.` };
}
