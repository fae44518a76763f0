import { setTimeout as sleep } from 'node:timers/promises';
import { type Blobs, stow, unstow } from '../../message/blobs.ts';
import { checkWith, type Signer, signWith } from '../../message/signer.ts';
import { ClusterError } from '../../cluster-error.ts';
import type { OutstandingChunk } from './outstanding.ts';

/** Milliseconds between two tries to write a blob, from the first on. */
const PAUSE_FIRST = 50;
const PAUSE_MOST = 1000;

/** Terms on which a run's messages are packed. */
export interface ParcelTerms {
  readonly run: string;
  /** Facts of the run, as text, which are signed with each chunk. */
  readonly head: string;
  readonly signer: Signer | undefined;
  readonly blobs: Blobs | undefined;
  /** Milliseconds for which blobs that cannot be written are waited for, as the broker is. */
  readonly patience: number;
  /** Tells that nobody wants the run any more. */
  readonly isOver: () => boolean;
}

/** Packs the inputs of a run for its way, and unpacks its outputs: signed, and large ones in blobs, where there are such. */
export class Parcels {
  readonly #terms: ParcelTerms;
  /** Keys in blobs, by the numbers of their chunks. */
  readonly #keys = new Map<number, Set<string>>();
  #end: 'over' | 'left' | undefined;

  constructor(terms: ParcelTerms) {
    this.#terms = terms;
  }

  async pack(number: number, meta: string, input: Buffer): Promise<Buffer> {
    const { run, head, signer } = this.#terms;
    return signWith(signer, await this.#stow(number, input), 'in', run, number, head, meta);
  }

  /** Puts what lies in blobs of some chunks there again. */
  async stowAgain(chunks: readonly Pick<OutstandingChunk, 'number' | 'input'>[]): Promise<void> {
    const stowed = chunks.filter(({ number }) => this.#keys.has(number));
    await Promise.all(stowed.map(({ number, input }) => this.#stow(number, input)));
  }

  async unpack(number: number, output: Buffer): Promise<Buffer> {
    const { run, signer, blobs } = this.#terms;
    const packed = checkWith(signer, output, 'out', run, number);
    try {
      const { sealed, key } = await unstow(blobs, packed);
      if (key !== undefined) this.#note(number, key);
      return sealed;
    } catch (cause) {
      throw cause instanceof ClusterError ? cause : explain('read', cause);
    }
  }

  /**
   * Removes what lies in blobs: the run is over, or its caller leaves it, and nobody wants the items.
   *
   * @param isComplete - Whether nobody will ask for the outcomes either.
   */
  async end(isComplete: boolean): Promise<void> {
    this.#end = isComplete ? 'over' : 'left';
    await this.#dropRest();
  }

  /** Removes what lies in blobs of some chunks, or of all. What cannot be removed is left to time. */
  async drop(numbers: readonly number[] = [...this.#keys.keys()]): Promise<void> {
    const keys = numbers.flatMap((number) => [...(this.#keys.get(number) ?? [])]);
    for (const number of numbers) this.#keys.delete(number);
    await this.#remove(keys);
  }

  /** Removes the items of some chunks, or of all, and leaves their outcomes. */
  async dropInputs(numbers: readonly number[] = [...this.#keys.keys()]): Promise<void> {
    const keys = numbers.filter((number) => this.#keys.get(number)?.delete(this.#nameInput(number)));
    await this.#remove(keys.map((number) => this.#nameInput(number)));
  }

  /** Keeps a large input in blobs. These are waited for: a folder of another machine may be away for a moment. */
  async #stow(number: number, input: Buffer): Promise<Buffer> {
    const { blobs, patience, isOver } = this.#terms;
    const key = this.#nameInput(number);
    const until = performance.now() + patience;
    for (let pause = PAUSE_FIRST; ; pause = Math.min(PAUSE_MOST, 2 * pause)) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other.
        const packed = await stow(blobs, input, key);
        if (packed !== input) this.#note(number, key);
        // The run may have ended while its items were on their way.
        // oxlint-disable-next-line no-await-in-loop -- it is the last step.
        if (this.#end !== undefined) await this.#dropRest();
        return packed;
      } catch (cause) {
        if (isOver() || performance.now() >= until) throw explain('written', cause);
        warn(cause, patience);
      }
      // oxlint-disable-next-line no-await-in-loop -- blobs are there again with time.
      await sleep(pause);
    }
  }

  async #dropRest(): Promise<void> {
    await (this.#end === 'over' ? this.drop() : this.dropInputs());
  }

  async #remove(keys: readonly string[]): Promise<void> {
    const { blobs } = this.#terms;
    if (blobs !== undefined) await Promise.allSettled(keys.map(async (key) => await blobs.remove(key)));
  }

  #nameInput(number: number): string {
    return `${this.#terms.run}.${number}.in`;
  }

  #note(number: number, key: string): void {
    const keys = this.#keys.get(number) ?? new Set();
    this.#keys.set(number, keys.add(key));
  }
}

let hasWarned = false;

/** Says, once, that a call waits. */
function warn(cause: unknown, patience: number): void {
  if (hasWarned) return;
  hasWarned = true;
  const { message } = explain('written', cause);
  process.emitWarning(
    `${message}. That is tried again for ${Math.round(patience / 1000)} s.`,
    'TelarClusterWarning',
  );
}

function explain(what: 'read' | 'written', cause: unknown): ClusterError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClusterError(`\`blobs\` could not be ${what}: ${reason}`, 'broker', { cause });
}
