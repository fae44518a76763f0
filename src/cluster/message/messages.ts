import { ClusterError } from '../cluster-error.ts';
import type { Chunk } from '../../flow/chunk/chunk.ts';
import type { StartFailure } from '../../flow/hosts/host.ts';
import type { LostStage } from '../../flow/work/work.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import type { Packed } from '../../wire/pack/pack.ts';
import type { EncodedThrown } from '../../wire/values/error.ts';
import type { Place } from '../../wire/slots/slot.ts';

/** Facts that hold for all chunks of a run, and must not differ when it is taken up. They travel as JSON. */
export interface RunHead {
  readonly v: 1;
  /** Name of the task, as `module#export`; of a pipeline, the names of all its functions on the workers. */
  readonly task: string;
  /** Version of the task, or of the first function of a pipeline; that of the queue in which the jobs are. */
  readonly version: string;
  /** Milliseconds that an item may take. */
  readonly timeout?: number | undefined;
  /** Whether an item is the list of the arguments of one call. `@defaultValue` false */
  readonly calls?: boolean | undefined;
  /** Name of the secret's key, where messages are signed. */
  readonly key?: string | undefined;
  /** Description of the input and of the options, of a run that has a name. */
  readonly input?: string | undefined;
  readonly options?: string | undefined;
  /** Functions of the stages of a pipeline. `@defaultValue` the task alone */
  readonly tasks?: readonly TaskName[] | undefined;
  /** Milliseconds that an item may take in each stage of a pipeline. */
  readonly limits?: readonly (number | null)[] | undefined;
  /** The stages of a pipeline, with numbers in the place of functions; see `decodeChain`. */
  readonly chain?: unknown;
}

/** Name of a task at nodes. */
export interface TaskName {
  readonly task: string;
  readonly version: string;
}

/** Lists the tasks that a node needs for a run. */
export function listNeeds({ task, version, tasks }: RunHead): readonly TaskName[] {
  return tasks ?? [{ task, version }];
}

/** Place of a chunk in the input. It travels as JSON. */
export interface ChunkMeta {
  /** Position of the first item, or of each where they are not in a row. */
  readonly first: number | readonly number[];
  readonly count: number;
  readonly attempt: number;
  /** Texts by which the items are known again, of a run that has a name. */
  readonly digests?: string | undefined;
}

/** The items of a chunk. */
export interface ChunkInput {
  readonly items: Packed;
  /** Value that the call gives to its tasks. `@defaultValue` none */
  readonly store?: unknown;
  /** Header of the chunk. `@defaultValue` results are no rows */
  readonly header?: Chunk['header'];
}

/** An end of a session, or a start that failed, with what was thrown as data. */
export type EncodedEnd = Encoded<StartFailure>;

type Encoded<End> = End extends unknown
  ? Omit<End, 'thrown'> & { readonly thrown?: EncodedThrown | undefined }
  : never;

/** A stretch of a chunk's items, from offset `from` up to `to`, with what became of it. */
export type Piece = { readonly from: number; readonly to: number; readonly late: readonly number[] } & (
  | { readonly kind: 'answered'; readonly answer: AnswerMessage }
  | {
      readonly kind: 'lost';
      readonly end: EncodedEnd;
      readonly stage: LostStage;
      readonly place: Place | undefined;
    }
  | { readonly kind: 'unloadable' | 'undecodable' | 'unreadable'; readonly thrown: EncodedThrown }
);

/** Outcome of a chunk at a node. Items of no piece were not begun, and go back. */
export interface ChunkOutput {
  readonly pieces: readonly Piece[];
  /** Errors that no item can be blamed for by its place. */
  readonly strays: readonly { readonly index: number | undefined; readonly thrown: EncodedThrown }[];
  /** Reason why no worker could be started, which ends the run. */
  readonly failure?: EncodedEnd | undefined;
  /** Node that ran the chunk, and number of starts of the chunk without a commit. */
  readonly node?: string | undefined;
  readonly starts?: number | undefined;
  /** Number of items that had no outcome when they were begun again, over all starts. */
  readonly again?: number | undefined;
}

/** A node that is there. It travels as JSON. */
export interface NodeInfo {
  readonly v: 1;
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly tasks: readonly string[];
  readonly threads: number;
  readonly slots: number;
  readonly node: string;
  /** Name of the key of the node's secret. */
  readonly key?: string | undefined;
  /** Times of the node's start, and of this report, in ms since 1970 by the node's clock. */
  readonly since?: number | undefined;
  readonly seen?: number | undefined;
  readonly load?: NodeLoad | undefined;
}

/** A run that goes on, as its caller says. It travels as JSON, and is told for people only. */
export interface RunInfo {
  readonly v: 1;
  readonly run: string;
  readonly task: string;
  readonly version: string;
  readonly caller: string;
  /** Numbers of items whose outcomes came back, and of items that the broker has. */
  readonly items: number;
  readonly outstanding: number;
  readonly suspects: number;
  readonly healed: number;
  /** Times of the run's start, and of this report, in ms since 1970 by the caller's clock. */
  readonly since: number;
  readonly seen: number;
}

/** Work of a node for one version of its tasks, since its start. */
export interface NodeLoad {
  /** Numbers of items that the node has run, and of those that failed. */
  readonly items: number;
  readonly failed: number;
  /** Numbers of chunks that the node committed, and of chunks that another had committed before. */
  readonly chunks: number;
  readonly dropped: number;
  /** Number of chunks that another node had begun and not committed. */
  readonly suspects: number;
  /** Milliseconds that the node's chunks took together. */
  readonly busy: number;
  /** Numbers of chunks that run, and of their items. */
  readonly running: number;
  readonly inFlight: number;
  /** Items a second, and failed items a second, over the last seconds. */
  readonly rate: number;
  readonly failedRate: number;
  /** Resident memory of the node's program, in bytes. */
  readonly rss: number;
}

/** Reads a head that came from the broker, of which nothing is believed. */
export function readHead(text: string): RunHead {
  const head = parse(text);
  const { v, task, version, timeout, calls, key, tasks, limits, chain } = head;
  if (v !== 1 || typeof task !== 'string' || typeof version !== 'string') throw malformed('a head');
  if (timeout !== undefined && !isLimit(timeout)) throw malformed('a head');
  if (calls !== undefined && typeof calls !== 'boolean') throw malformed('a head');
  if (key !== undefined && typeof key !== 'string') throw malformed('a head');
  if (chain === undefined) return { v, task, version, timeout, calls, key };
  if (!Array.isArray(tasks) || !tasks.every(isName)) throw malformed('a head');
  if (!Array.isArray(limits) || !limits.every((limit) => limit === null || isLimit(limit)))
    throw malformed('a head');
  return { v, task, version, key, tasks, limits: limits as (number | null)[], chain };
}

function isLimit(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}

function isName(value: unknown): value is TaskName {
  const { task, version } = Object(value) as Partial<TaskName>;
  return typeof task === 'string' && typeof version === 'string';
}

/** Reads metadata that came from the broker. */
export function readMeta(text: string): ChunkMeta {
  const { first, count, attempt, digests } = parse(text);
  const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const isFirst = isPlace(first) || (Array.isArray(first) && first.length === count && first.every(isPlace));
  if (!isFirst || !isPlace(count) || count === 0 || !isPlace(attempt) || attempt === 0) {
    throw malformed('metadata');
  }
  if (digests !== undefined && typeof digests !== 'string') throw malformed('metadata');
  return { first: first as number | number[], count, attempt, digests };
}

/** Reads what a node says of itself; `undefined` where it is another version's, or nobody's. */
export function readNode(text: string): NodeInfo | undefined {
  try {
    const info = parse(text) as Partial<NodeInfo>;
    if (info.v !== 1 || !Array.isArray(info.tasks) || typeof info.version !== 'string') return undefined;
    if (!(Number(info.threads) >= 1) || !(Number(info.slots) >= 1)) return undefined;
    if (info.load === undefined || isLoad(info.load)) return info as NodeInfo;
    return { ...(info as NodeInfo), load: undefined };
  } catch {
    return undefined;
  }
}

/** Reads what a caller says of a run; `undefined` where it is something else. */
export function readRunInfo(text: string): RunInfo | undefined {
  try {
    const { v, run, task, version, caller, ...numbers } = parse(text) as Partial<RunInfo>;
    const texts = [run, task, version, caller];
    if (v !== 1 || !texts.every((each) => typeof each === 'string')) return undefined;
    const isRight = RUN_NUMBERS.every((name) => Number.isFinite(numbers[name]));
    return isRight ? (parse(text) as unknown as RunInfo) : undefined;
  } catch {
    return undefined;
  }
}

const RUN_NUMBERS = ['items', 'outstanding', 'suspects', 'healed', 'since', 'seen'] as const;

function isLoad(load: unknown): boolean {
  const values = Object.values(Object(load) as object);
  return values.length === LOAD_NUMBERS && values.every((value) => Number.isFinite(value));
}

/** Number of fields of a `NodeLoad`. */
const LOAD_NUMBERS = 11;

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null) throw malformed('a text');
  return value as Record<string, unknown>;
}

function malformed(what: string): ClusterError {
  return new ClusterError(`The broker holds ${what} that Telar did not write.`, 'refused');
}
