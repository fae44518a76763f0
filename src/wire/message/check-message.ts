import type { AnswerMessage, FromWorker } from './message.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns whether something is a message of a worker. What tasks have broken or made up must not go further: a time
 * that is no number would be remembered, and a value where an object is expected would end this thread.
 */
export function isFromWorker(message: unknown): message is FromWorker {
  if (!isObject(message)) return false;
  switch (message['type']) {
    case 'ready':
      return typeof message['threadId'] === 'number' && isOptional(message['output'], isOutput);
    case 'answer':
      return isAnswer(message);
    case 'unloadable':
      return isCount(message['chunk']) && isThrown(message['thrown']);
    case 'undecodable':
    case 'broken':
      return typeof message['reason'] === 'string';
    case 'stray':
      return isOptional(message['index'], isCount) && isThrown(message['thrown']);
    case 'recycle':
    case 'disposed':
      return true;
    default:
      return false;
  }
}

/** Returns whether an answer fits a chunk of which `sent` items may have run. */
export function fits({ ran, values, encoded, payload }: AnswerMessage, sent: number): boolean {
  if (ran > sent) return false;
  if (payload === undefined && countPacked(values as unknown as Fields) !== ran) return false;
  for (const { at } of encoded ?? []) if (at >= ran) return false;
  return true;
}

/**
 * Returns whether something is the link to a worker's output. Its parts are known by what they can do: under test
 * runners with realms of their own, what arrives is of another realm than this module.
 */
function isOutput(output: unknown): boolean {
  if (!isObject(output)) return false;
  const { port, gauge } = output;
  // No message brings a function, so this is no object that was made up.
  return isObject(port) && typeof port['postMessage'] === 'function' && isInt32Array(gauge);
}

function isInt32Array(value: unknown): boolean {
  return ArrayBuffer.isView(value) && Reflect.get(value, Symbol.toStringTag) === 'Int32Array';
}

function isAnswer(message: Fields): boolean {
  const { chunk, ran, bytes, compute, load, values, encoded, payload } = message;
  if (!isCount(chunk) || !isCount(ran) || !isAmount(bytes) || !isAmount(compute) || !isAmount(load))
    return false;
  if (!isObject(values) || !isOptional(payload, isPayload)) return false;
  return isOptional(encoded, (list) => Array.isArray(list) && list.every(isEncodedOutcome));
}

function isPayload(payload: unknown): boolean {
  if (!isObject(payload)) return false;
  const { collected, dropped, entered, retried } = payload;
  return isObject(collected) && [dropped, entered, retried].every((list) => Array.isArray(list));
}

function isEncodedOutcome(outcome: unknown): boolean {
  if (!isObject(outcome) || !isCount(outcome['at'])) return false;
  switch (outcome['kind']) {
    case 'failed':
      return isThrown(outcome['thrown']);
    case 'stage-failed':
      return isObject(outcome['failure']);
    case 'uncloneable':
      return typeof outcome['path'] === 'string' && typeof outcome['reason'] === 'string';
    case 'skipped':
    case 'stopped':
    case 'expanded':
      return true;
    default:
      return false;
  }
}

/** Counts the values of a packed list; `undefined` where something else came. */
function countPacked({ kind, values, elements, columns }: Fields): number | undefined {
  switch (kind) {
    case 'values':
    case 'sealed':
      return Array.isArray(values) ? values.length : undefined;
    case 'elements':
      return ArrayBuffer.isView(elements) ? (elements as Uint8Array).length : undefined;
    case 'columns':
      return isObject(columns) && isCount(columns['count']) ? columns['count'] : undefined;
    default:
      return undefined;
  }
}

function isThrown(thrown: unknown): boolean {
  return isObject(thrown) && (thrown['kind'] !== 'error' || isObject(thrown['error']));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

function isOptional(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return value === undefined || isRight(value);
}
