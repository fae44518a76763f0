import { isCloneable, isDeep, keepParts, MOST_READ, type Pruning, readProperty } from './keep-cloneable.ts';
import { describeValue } from '../../errors/describe.ts';
import { makeWithoutFrames, readStack, setStack } from '../../errors/stack.ts';
import { type Carried, carryValues, restoreBuffers } from '../pack/carry.ts';

/**
 * A thrown value as plain data. Structured clone alone loses class names, own fields and `errors[]`, turns a
 * DOMException of Node 20 into `{}`, and can end the process on a circular `cause`.
 */
export type EncodedThrown =
  | { readonly kind: 'error'; readonly error: EncodedError }
  /** A thrown value that is no error: `throw null`, `throw 'text'`. */
  | { readonly kind: 'value'; readonly value: unknown; readonly buffers: Carried['buffers'] }
  /** A thrown value that cannot be cloned, as the text that `String()` makes of it. */
  | { readonly kind: 'text'; readonly text: string };

export interface EncodedError {
  /** The nearest built-in class, which the decoded error will be an instance of. */
  readonly base: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly hasCause: boolean;
  readonly cause: EncodedThrown | undefined;
  readonly errors: readonly EncodedThrown[] | undefined;
  /** Own properties that can be cloned, such as `code`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Names of the fields that are not enumerable; absent where all are. */
  readonly hidden?: readonly string[] | undefined;
  /** Node's Buffers in the fields, as a second way to them: what a failed `execSync` printed is one. */
  readonly buffers: Carried['buffers'];
}

const BASES: Record<string, ErrorConstructor> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Depth from which causes are cut: a chain that long is a loop or a mistake. */
const DEEPEST = 8;
const SHOWN_APART = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** Makes data of anything thrown. Never throws itself, whatever getters or proxies it meets. */
export function encodeThrown(thrown: unknown, depth = 0, seen: Set<unknown> = new Set()): EncodedThrown {
  try {
    if (isError(thrown)) {
      if (depth >= DEEPEST || seen.has(thrown)) return { kind: 'text', text: '[circular]' };
      seen.add(thrown);
      return { kind: 'error', error: encodeError(thrown, depth, seen) };
    }
    if (isCloneable(thrown)) return { kind: 'value', value: thrown, buffers: carryValues([thrown]).buffers };
    return typeof thrown === 'object' && thrown !== null
      ? { kind: 'error', error: encodeObject(thrown, depth, seen) }
      : { kind: 'text', text: describeThrown(thrown) };
  } catch {
    return { kind: 'text', text: 'a value that cannot be read' };
  }
}

/** Decodes a thrown value, as it was, on this thread. Never throws: what comes may have been made up on its thread. */
export function decodeThrown(encoded: EncodedThrown): unknown {
  try {
    switch (encoded.kind) {
      case 'value':
        restoreBuffers(encoded.buffers);
        return encoded.value;
      case 'text':
        return new Error(encoded.text);
      case 'error':
        return decodeError(encoded.error);
    }
  } catch (reason) {
    return new Error(`What was thrown could not be read: ${describeThrown(reason)}`);
  }
}

/** Describes a thrown value in one line, for messages: `TypeError: x is not a function`. */
export function describeThrown(thrown: unknown): string {
  try {
    if (isError(thrown)) return thrown.message ? `${thrown.name}: ${thrown.message}` : thrown.name;
    return typeof thrown === 'string' ? JSON.stringify(thrown) : String(thrown);
  } catch {
    return 'a value that cannot be shown';
  }
}

/**
 * Returns whether a value is an error. DOMException is an Error without being made by Error; errors of another realm
 * are no instances of ours.
 */
function isError(value: unknown): value is Error {
  return (
    value instanceof Error ||
    (typeof value === 'object' &&
      value !== null &&
      Object.prototype.toString.call(value) === '[object Error]')
  );
}

function encodeError(error: Error, depth: number, seen: Set<unknown>): EncodedError {
  // The fields have no prototype, so that a field named __proto__ is one like the others.
  const fields = Object.create(null) as Record<string, unknown>;
  const hidden: string[] = [];
  for (const key of isError(error) ? Object.getOwnPropertyNames(error) : Object.keys(error)) {
    if (SHOWN_APART.has(key)) continue;
    const value = readProperty(error, key);
    if (!isCloneable(value) || isDeep(value)) continue;
    fields[key] = value;
    if (!Object.prototype.propertyIsEnumerable.call(error, key)) hidden.push(key);
  }
  // A DOMException has its code on the prototype.
  const code = readProperty(error, 'code');
  if (code !== undefined && !('code' in fields) && isCloneable(code)) fields['code'] = code;
  const errors = readProperty(error, 'errors');
  return {
    base: nameOfBase(error),
    name: readText(error, 'name') ?? 'Error',
    message: readText(error, 'message') ?? '',
    stack: readStack(error),
    hasCause: 'cause' in error,
    cause: 'cause' in error ? encodeThrown(error.cause, depth + 1, seen) : undefined,
    errors: Array.isArray(errors) ? errors.map((inner) => encodeThrown(inner, depth + 1, seen)) : undefined,
    fields,
    hidden: hidden.length === 0 ? undefined : hidden,
    buffers: carryValues([fields]).buffers,
  };
}

const MOST_NAMED = 8;

/** Encodes a thrown object that cannot be cloned whole: an error with what can be, which says what is missing. */
function encodeObject(thrown: object, depth: number, seen: Set<unknown>): EncodedError {
  if (depth >= DEEPEST) throw new RangeError('Too many causes.');
  seen.add(thrown);
  const { message, ...encoded } = encodeError(thrown as Error, depth, seen);
  const pruning: Pruning = { dropped: [], left: MOST_READ };
  const kept = keepParts(thrown, '', pruning, 0) as Record<string, unknown>;
  const fields = Object.entries(kept).filter(([key]) => !SHOWN_APART.has(key));
  const what = message === '' ? `${describeObject(thrown)} was thrown` : message;
  const names = pruning.dropped.slice(0, MOST_NAMED).map((path) => `\`${path}\``);
  const missing =
    names.length === 0
      ? ', which cannot be cloned'
      : ` (without ${names.join(', ')}, which cannot be cloned)`;
  const all = { ...encoded.fields, ...Object.fromEntries(fields) };
  return {
    ...encoded,
    message: `${what}${missing}`,
    fields: all,
    buffers: carryValues([all]).buffers,
  };
}

function describeObject(thrown: object): string {
  const text = describeValue(thrown);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function decodeError(encoded: EncodedError): Error {
  restoreBuffers(encoded.buffers);
  const errors = encoded.errors?.map(decodeThrown);
  const error = makeWithoutFrames(() =>
    errors === undefined
      ? new (BASES[encoded.base] ?? Error)(encoded.message)
      : new AggregateError(errors, encoded.message),
  );
  setStack(error, encoded.stack ?? `${encoded.name}: ${encoded.message}`);
  if (encoded.name !== error.name) define(error, 'name', encoded.name);
  if (encoded.hasCause && encoded.cause) define(error, 'cause', decodeThrown(encoded.cause));
  for (const [key, value] of Object.entries(encoded.fields)) {
    // A field named __proto__ must not reach the setter.
    const enumerable = encoded.hidden?.includes(key) !== true;
    Object.defineProperty(error, key, { value, writable: true, enumerable, configurable: true });
  }
  return error;
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
}

function nameOfBase(error: Error): string {
  for (const [name, base] of Object.entries(BASES)) {
    if (name !== 'Error' && error instanceof base) return name;
  }
  return 'Error';
}

function readText(from: object, key: string): string | undefined {
  const value = readProperty(from, key);
  return typeof value === 'string' ? value : undefined;
}
