import { describeValue } from '../errors/describe.ts';
import { isUrl } from '../realm/url.ts';

/** Names that other libraries have for options of Telar. */
const SYNONYMS: Readonly<Record<string, string>> = {
  concurrency: 'workers',
  threads: 'workers',
  maxThreads: 'workers',
  maxWorkers: 'workers',
  queueSize: 'maxQueue',
  maxQueueSize: 'maxQueue',
  poolSize: 'workers',
  batchSize: 'chunkSize',
  chunksize: 'chunkSize',
  preserveOrder: 'ordered',
  order: 'ordered',
  abortSignal: 'signal',
  retry: 'retries',
  weight: 'cost',
};

/** The code of every error about an option, whichever class the error has. */
export const OPTION_ERROR = 'ERR_TELAR_OPTION';

type OptionErrorKind = new (message: string) => TypeError | RangeError;

/** Makes the error of an option that is wrong: a TypeError, or a RangeError where the type is right. */
export function optionError(message: string, Kind: OptionErrorKind = TypeError): Error {
  const error = Object.assign(new Kind(message), { code: OPTION_ERROR });
  Error.captureStackTrace(error, optionError);
  return error;
}

/** Refuses options that nobody reads, with a guess at what was meant. */
export function assertKnown(options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) {
    throw optionError(`Expected the options to be an object, got ${describeValue(options)}.`);
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const closest = findClosest(key, known);
    const hint =
      closest === undefined ? `Known options: ${known.join(', ')}.` : `Did you mean \`${closest}\`?`;
    throw optionError(`Unknown option \`${key}\`. ${hint}`);
  }
}

/** Limits of a thread's heap and stack. */
export const RESOURCE_LIMITS: readonly string[] = [
  'maxOldGenerationSizeMb',
  'maxYoungGenerationSizeMb',
  'codeRangeSizeMb',
  'stackSizeMb',
];

/** Options that are objects themselves, with the settings that each may have. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  journal: ['path', 'onMismatch', 'retryFailed'],
  rate: ['limit', 'interval'],
  resourceLimits: RESOURCE_LIMITS,
  restart: ['max', 'within', 'backoff'],
  retries: ['retries', 'delay', 'when'],
  signals: ['grace'],
};

/**
 * Refuses options that nobody reads, and returns a copy of the others, whose values are not checked yet. The copy is the
 * call's own: what is checked is what is used, whatever the caller does to the object later.
 */
export function copyOptions<O extends object>(options: O | undefined, known: readonly string[]): O {
  assertKnown(options, known);
  const copy: Record<string, unknown> = {};
  if (options === undefined) return copy as O;
  for (const name of known) {
    const value: unknown = Reflect.get(options, name);
    const settings = SETTINGS[name];
    if (value !== undefined) copy[name] = settings === undefined ? value : copySettings(value, settings);
  }
  return copy as O;
}

function copySettings(value: unknown, known: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isUrl(value)) return value;
  // Unknown names stay, to be refused.
  const copy: Record<string, unknown> = { ...value };
  for (const name of known) {
    const setting: unknown = Reflect.get(value, name);
    if (setting !== undefined) copy[name] = setting;
  }
  return copy;
}

function findClosest(key: string, known: readonly string[]): string | undefined {
  const synonym = SYNONYMS[key];
  if (synonym !== undefined && known.includes(synonym)) return synonym;
  const ranked = known
    .map((name) => ({ name, distance: measureDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return ranked !== undefined && ranked.distance <= 2 ? ranked.name : undefined;
}

/** Counts the letters to insert, drop or change to get from one name to the other (Levenshtein). */
function measureDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

export function assertCount(value: unknown, name: string, least = 1): void {
  if (value === undefined || (Number.isInteger(value) && (value as number) >= least)) return;
  const error = typeof value === 'number' ? RangeError : TypeError;
  throw optionError(
    `Expected \`${name}\` to be a whole number from ${least}, got ${describeValue(value)}.`,
    error,
  );
}

export function assertBytes(value: unknown, name: string, leastMb: number): void {
  const least = leastMb * 1024 * 1024;
  if (value === undefined || (typeof value === 'number' && value >= least && value < Infinity)) return;
  const error = typeof value === 'number' ? RangeError : TypeError;
  throw optionError(
    `Expected \`${name}\` to be bytes from ${least} (${leastMb} MB), got ${describeValue(value)}.`,
    error,
  );
}

export function assertMilliseconds(value: unknown, name: string, least = 1): void {
  if (value === undefined || (typeof value === 'number' && value >= least && value <= 2 ** 31 - 1)) return;
  const error = typeof value === 'number' ? RangeError : TypeError;
  throw optionError(
    `Expected \`${name}\` to be milliseconds from ${least}, got ${describeValue(value)}.`,
    error,
  );
}

/** Throws unless the value is milliseconds from 1, or `Infinity` for no limit; `undefined` is fine. */
export function assertTimeLimit(value: unknown, name: string): void {
  if (value === Infinity) return;
  if (value === undefined || (typeof value === 'number' && value >= 1 && value <= 2 ** 31 - 1)) return;
  const error = typeof value === 'number' ? RangeError : TypeError;
  throw optionError(
    `Expected \`${name}\` to be milliseconds from 1, or Infinity for no limit, got ${describeValue(value)}.`,
    error,
  );
}

export function assertBoolean(value: unknown, name: string): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw optionError(`Expected \`${name}\` to be true or false, got ${describeValue(value)}.`);
}

export function assertFunction(value: unknown, name: string, expected: string): void {
  if (value === undefined || typeof value === 'function') return;
  throw optionError(`Expected \`${name}\` to be ${expected}, got ${describeValue(value)}.`);
}

/** Throws unless a name can stand in keys, channels and ids of all brokers. */
export function assertName(name: unknown, option: string): void {
  if (typeof name === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(name)) return;
  throw optionError(
    `Expected \`${option}\` to be 1 to 64 letters, digits, dots, underscores and dashes, got ${describeValue(name)}.`,
  );
}
