import {
  CloneError,
  ItemError,
  type ItemContext,
  TaskError,
  TaskTimeoutError,
  WorkerError,
} from '../../errors/item-errors.ts';
import { setStack } from '../../errors/stack.ts';
import type { JournalRecord } from '../../journal/lines/line.ts';
import { decodeThrown, encodeThrown, type EncodedThrown } from '../../wire/values/error.ts';
import type { Outcome, Segment } from '../outcome/segment.ts';

/** A journal record of the outcomes of consecutive items. */
export interface OutcomeRecord extends JournalRecord {
  readonly type: 'outcomes';
  readonly index: number;
  readonly count: number;
  readonly attempt: number;
  /** Values as JSON, if they are text, finite numbers, booleans and null. */
  readonly values?: readonly unknown[];
  /** Values as `v8.serialize` packs them, in base64, if they cannot stand as JSON. */
  readonly packed?: string;
  /** Outcomes by offset, of items that gave more than a value, as `v8.serialize` packs them, in base64. */
  readonly notes?: string;
  /** Items that failed, for readers of the journal. */
  readonly failed?: readonly FailedItemRecord[];
}

/** An item that failed, with the number of its attempts and its error in words. */
export interface FailedItemRecord {
  readonly index: number;
  readonly attempts: number;
  readonly name: string;
  readonly message: string;
  readonly code?: string | number | undefined;
}

/** The error of an item as data, with what its class needs. */
interface EncodedFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly context: ItemContext;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause: EncodedThrown | undefined;
}

type RecordedOutcome = Exclude<Outcome, { kind: 'failed' }> | { kind: 'failed'; failure: EncodedFailure };

/**
 * Encodes a segment for the journal. Throws if a result cannot be kept: one that holds a key, a port or shared memory.
 */
export function encodeOutcomes({ index, values, outcomes, attempt }: Segment): OutcomeRecord {
  const failed: FailedItemRecord[] = [];
  const encoded: [number, RecordedOutcome][] = [];
  for (const [at, outcome] of outcomes ?? []) {
    if (outcome.kind === 'failed') failed.push(describeFailure(index + at, outcome.error));
    encoded.push([
      at,
      outcome.kind === 'failed' ? { kind: 'failed', failure: encodeFailure(outcome.error) } : outcome,
    ]);
  }
  return {
    type: 'outcomes',
    index,
    count: values.length,
    attempt,
    ...encodeValues(values),
    ...(encoded.length > 0 && { notes: pack(encoded) }),
    ...(failed.length > 0 && { failed }),
  };
}

export function decodeOutcomes(record: OutcomeRecord): Segment {
  const { index, attempt, values, packed, notes } = record;
  const decoded = notes === undefined ? undefined : (unpack(notes) as [number, RecordedOutcome][]);
  return {
    index,
    attempt,
    values: values ?? (unpack(packed as string) as ArrayLike<unknown>),
    outcomes: decoded && new Map(decoded.map(([at, outcome]) => [at, decodeOutcome(outcome)])),
    bytes: 0,
    isSole: false,
  };
}

export function describeFailure(index: number, error: ItemError): FailedItemRecord {
  const { code } = (error.cause ?? {}) as { code?: unknown };
  const isKept = typeof code === 'string' || typeof code === 'number';
  return {
    index,
    attempts: error.attempts,
    name: error.name,
    message: error.message,
    ...(isKept && { code }),
  };
}

function encodeValues(values: ArrayLike<unknown>): Pick<OutcomeRecord, 'values' | 'packed'> {
  for (let at = 0; at < values.length; at++) {
    if (!isPlain(values[at])) return { packed: pack(values) };
  }
  return { values: Array.from(values) };
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

function decodeOutcome(outcome: RecordedOutcome): Outcome {
  return outcome.kind === 'failed' ? { kind: 'failed', error: decodeFailure(outcome.failure) } : outcome;
}

function encodeFailure(error: ItemError): EncodedFailure {
  const { index, attempts, stage, file, line, name, message, stack, cause } = error;
  const fields: Record<string, unknown> = {};
  // Fields that are not enumerable are kept too.
  for (const [key, value] of Object.entries(error.toJSON()))
    if (key !== 'cause' && key !== 'name' && key !== 'message') fields[key] = value;
  return {
    name,
    message,
    stack,
    context: { index, attempts, stage, file, line },
    fields,
    cause: 'cause' in error ? encodeThrown(cause) : undefined,
  };
}

function decodeFailure({ name, message, stack, context, fields, cause }: EncodedFailure): ItemError {
  const options = cause === undefined ? undefined : { cause: decodeThrown(cause) };
  const error = makeError(name, message, { ...fields, ...context }, options);
  Object.defineProperty(error, 'message', { value: message, writable: true, configurable: true });
  setStack(error, stack);
  return error;
}

function makeError(
  name: string,
  message: string,
  context: ItemContext & Record<string, unknown>,
  options: ErrorOptions | undefined,
): ItemError {
  switch (name) {
    case 'TaskTimeoutError':
      return new TaskTimeoutError(context['timeout'] as number, context);
    case 'WorkerError':
      return new WorkerError(message, context as never, options);
    case 'CloneError':
      return new CloneError(message, context as never, options);
    default:
      return new TaskError(message, context, options);
  }
}

function pack(value: unknown): string {
  // The module is loaded at the first use, since most programs have no journal.
  return process.getBuiltinModule('node:v8').serialize(value).toString('base64');
}

function unpack(text: string): unknown {
  return process.getBuiltinModule('node:v8').deserialize(Buffer.from(text, 'base64'));
}
