import { type Blobs, stow, unstow } from '../../message/blobs.ts';
import { checkWith, type Signer, signWith } from '../../message/signer.ts';
import { ClusterError } from '../../cluster-error.ts';

/** Terms on which a run's messages are packed. */
export interface ParcelTerms {
  readonly run: string;
  /** Facts of the run, as text, which are signed with each chunk. */
  readonly head: string;
  readonly signer: Signer | undefined;
  readonly blobs: Blobs | undefined;
}

/** Packs the inputs of a run for its way, and unpacks its outputs: signed, and large ones in blobs, where there are such. */
export class Parcels {
  readonly #terms: ParcelTerms;
  /** Keys in blobs, by the numbers of their chunks. */
  readonly #keys = new Map<number, Set<string>>();
  #isOver = false;

  constructor(terms: ParcelTerms) {
    this.#terms = terms;
  }

  async pack(number: number, meta: string, input: Buffer): Promise<Buffer> {
    const { run, head, signer, blobs } = this.#terms;
    const key = `${run}.${number}.in`;
    try {
      const packed = await stow(blobs, input, key);
      if (packed !== input) this.#note(number, key);
      // The run may have ended while its items were on their way.
      if (this.#isOver) await this.drop();
      return signWith(signer, packed, 'in', run, number, head, meta);
    } catch (cause) {
      throw explain('written', cause);
    }
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

  /** Removes all that lies in blobs: the run is over. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.drop();
  }

  /** Removes what lies in blobs of some chunks, or of all. What cannot be removed is left to time. */
  async drop(numbers: readonly number[] = [...this.#keys.keys()]): Promise<void> {
    const { blobs } = this.#terms;
    if (blobs === undefined) return;
    const keys = numbers.flatMap((number) => [...(this.#keys.get(number) ?? [])]);
    for (const number of numbers) this.#keys.delete(number);
    await Promise.allSettled(keys.map(async (key) => await blobs.remove(key)));
  }

  #note(number: number, key: string): void {
    const keys = this.#keys.get(number) ?? new Set();
    this.#keys.set(number, keys.add(key));
  }
}

function explain(what: 'read' | 'written', cause: unknown): ClusterError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClusterError(`\`blobs\` could not be ${what}: ${reason}`, 'broker', { cause });
}
