import { type Chunk, indexOf } from '../../../flow/chunk/chunk.ts';
import { type ChunkOutput, readMeta } from '../../message/messages.ts';
import { readOutput } from '../../message/read-output.ts';
import { digestItem, readDigests } from './digests.ts';
import { KnownIndex, offsetOf, positionOf, type Positioned } from './known-index.ts';
import { describeChanged } from './refusals.ts';
import { KnownOutput } from './slice-output.ts';

/** Most chunks whose outcomes are fetched at once, and that are kept decoded. */
const AT_ONCE = 16;

/** A chunk that an earlier caller has put, and that has outcomes. */
interface KnownChunk extends Positioned {
  readonly digests: Uint32Array;
  /** Outcomes of the chunk; `null` where they are lost, or cannot be read. */
  output: KnownOutput | null | undefined;
}

/** Answer of earlier callers for the first items of a chunk. */
export interface Found {
  /** Number of items that the answer is about. */
  readonly count: number;
  /** Outcomes of these items; `undefined` where the items have to run. */
  readonly output: ChunkOutput | undefined;
}

/** Terms on which outcomes of earlier callers are used. */
export interface KnownTerms {
  readonly run: string;
  /** Whether failures are outcomes: else an item that has failed in the end runs again. */
  readonly keepsFailures: boolean;
  /** Fetches the outcomes of chunks by their numbers. */
  take(numbers: readonly number[]): Promise<Map<number, Buffer>>;
}

/** Outcomes that earlier callers of a named run have left at the broker, by the positions of their items. */
export class KnownOutcomes {
  readonly #terms: KnownTerms;
  readonly #chunks: readonly KnownChunk[];
  readonly #index: KnownIndex<KnownChunk>;

  /** @param committed - Metadata of the chunks that have outcomes, by number. */
  constructor(committed: ReadonlyMap<number, string>, terms: KnownTerms) {
    this.#terms = terms;
    this.#chunks = [...committed]
      .map(([number, text]) => readChunk(number, text))
      .filter((chunk) => chunk !== undefined)
      .toSorted((a, b) => a.number - b.number);
    this.#index = new KnownIndex(this.#chunks);
  }

  /** Position behind the last item that has an outcome. */
  get end(): number {
    return this.#chunks.reduce((end, chunk) => Math.max(end, positionOf(chunk, chunk.count - 1) + 1), 0);
  }

  /** Finds what is known of a chunk's first items. Rejects with a ClusterError where they are others than then. */
  async find(chunk: Chunk): Promise<Found> {
    const { length } = chunk.items;
    const known = await this.#findKnown(chunk);
    if (known !== undefined) return known;
    let count = 1;
    while (count < length && this.#index.find(indexOf(chunk, count), chunk.attempt).length === 0) count++;
    return { count, output: undefined };
  }

  async #findKnown(chunk: Chunk): Promise<Found | undefined> {
    const position = indexOf(chunk, 0);
    for (const known of this.#index.find(position, chunk.attempt)) {
      // oxlint-disable-next-line no-await-in-loop -- the next is looked at only where this one says nothing.
      await this.#load(known);
      const { output } = known;
      if (output === null || output === undefined) continue;
      const from = offsetOf(known, position);
      const end = output.endOfKnown(from);
      let to = from;
      while (to < end && this.#isSame(chunk, to - from, known, to) && this.#counts(known, to)) to++;
      if (to > from) return { count: to - from, output: output.slice(from, to) };
    }
    return undefined;
  }

  /** Tells whether the item of a chunk is the one that is known. Throws where it is another than then. */
  #isSame(chunk: Chunk, at: number, known: KnownChunk, of: number): boolean {
    if (at >= chunk.items.length || indexOf(chunk, at) !== positionOf(known, of)) return false;
    if (digestItem(chunk.items[at]) === known.digests[of]) return true;
    throw describeChanged(this.#terms.run, indexOf(chunk, at));
  }

  /** Tells whether an outcome counts: a failure that was not tried again does not, where failures end the run. */
  #counts(known: KnownChunk, at: number): boolean {
    if (this.#terms.keepsFailures || known.output?.hasFailed(at) !== true) return true;
    return this.#index.find(positionOf(known, at), known.attempt + 1).length > 0;
  }

  async #load(known: KnownChunk): Promise<void> {
    if (known.output !== undefined) return;
    for (const chunk of this.#chunks) if (chunk.output !== null) chunk.output = undefined;
    const from = this.#chunks.indexOf(known);
    const wanted = this.#chunks.slice(from, from + AT_ONCE).filter(({ output }) => output === undefined);
    const outputs = await this.#terms.take(wanted.map(({ number }) => number));
    for (const chunk of wanted) chunk.output = readKnown(outputs.get(chunk.number), chunk.count);
  }
}

function readChunk(number: number, text: string): KnownChunk | undefined {
  try {
    const { first, count, attempt, digests } = readMeta(text);
    if (digests === undefined) return undefined;
    return {
      number,
      attempt,
      positions: first,
      count,
      digests: readDigests(digests),
      output: undefined,
    };
  } catch {
    return undefined;
  }
}

/** Reads outcomes. Those that are lost or cannot be read are none: the items run again. */
function readKnown(bytes: Buffer | undefined, count: number): KnownOutput | null {
  try {
    return bytes === undefined ? null : new KnownOutput(readOutput(bytes, count));
  } catch {
    return null;
  }
}
