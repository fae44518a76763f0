import type {
  Begun,
  EpochState,
  Lease,
  NewChunk,
  Opened,
  OpenTerms,
  RefusedOpen,
  RunStore,
} from '../../../../src/cluster/store/store.ts';

interface ModelChunk {
  readonly meta: string;
  readonly input: Buffer;
  output: Buffer | undefined;
  part: Buffer | undefined;
  starts: number;
}

interface ModelRun {
  readonly head: string;
  readonly chunks: Map<number, ModelChunk>;
  epoch: number;
  caller: string | undefined;
  next: number;
}

/** A store in plain words: one run after the other, without time. */
export class ModelStore implements RunStore {
  readonly #runs = new Map<string, ModelRun>();
  #count = 0;

  async open(name: string, { caller, head }: OpenTerms): Promise<Opened | RefusedOpen> {
    const run = this.#runs.get(name) ?? { head, chunks: new Map(), epoch: 0, caller, next: 0 };
    if (run.head !== head) return { kind: 'mismatch', head: run.head };
    if (run.caller !== undefined && run.caller !== caller) return { kind: 'in-use', caller: run.caller };
    run.caller = caller;
    run.epoch = ++this.#count;
    run.next = Math.max(run.next, this.#renumber());
    for (const [number, { output }] of run.chunks) if (output === undefined) run.chunks.delete(number);
    this.#runs.set(name, run);
    const committed = new Map([...run.chunks].map(([number, { meta }]) => [number, meta]));
    return { kind: 'opened', epoch: run.epoch, next: run.next, committed };
  }

  async renew(name: string, { epoch }: Lease): Promise<EpochState> {
    const run = this.#runs.get(name);
    if (run === undefined) return 'gone';
    if (run.epoch < epoch) return 'gone';
    return run.epoch === epoch ? 'held' : 'superseded';
  }

  async put(name: string, lease: Lease, chunks: readonly NewChunk[]): Promise<EpochState> {
    const state = await this.renew(name, lease);
    const run = this.#runs.get(name);
    if (state !== 'held' || run === undefined) return state;
    for (const { number, meta, input } of chunks) {
      run.next = Math.max(run.next, number + 1);
      if (run.chunks.has(number)) continue;
      run.chunks.set(number, {
        meta,
        input: Buffer.from(input),
        output: undefined,
        part: undefined,
        starts: 0,
      });
    }
    return state;
  }

  async take(name: string, numbers: readonly number[]): Promise<Map<number, Buffer>> {
    const taken = new Map<number, Buffer>();
    for (const number of numbers) {
      const output = this.#runs.get(name)?.chunks.get(number)?.output;
      if (output !== undefined) taken.set(number, output);
    }
    return taken;
  }

  async findOutstanding(name: string, numbers: readonly number[]): Promise<Set<number>> {
    return new Set(numbers.filter((number) => this.#findOutstanding(name, number) !== undefined));
  }

  async drop(name: string, numbers: readonly number[]): Promise<void> {
    for (const number of numbers) this.#runs.get(name)?.chunks.delete(number);
  }

  async leave(name: string, epoch: number): Promise<void> {
    const run = this.#runs.get(name);
    if (run?.epoch !== epoch) return;
    run.epoch = ++this.#count;
    run.caller = undefined;
    for (const [number, { output }] of run.chunks) if (output === undefined) run.chunks.delete(number);
  }

  async end(name: string, epoch: number): Promise<void> {
    if (this.#runs.get(name)?.epoch === epoch) this.#runs.delete(name);
  }

  async begin(name: string, number: number): Promise<Begun | undefined> {
    const chunk = this.#findOutstanding(name, number);
    if (chunk === undefined) return undefined;
    const { meta, input, part } = chunk;
    return { head: this.#runs.get(name)?.head ?? '', meta, input, part, starts: ++chunk.starts };
  }

  async note(name: string, number: number, part: Uint8Array): Promise<void> {
    const chunk = this.#findOutstanding(name, number);
    if (chunk !== undefined) chunk.part = Buffer.from(part);
  }

  async release(name: string, number: number): Promise<void> {
    const chunk = this.#findOutstanding(name, number);
    if (chunk !== undefined) chunk.starts = Math.max(0, chunk.starts - 1);
  }

  async commit(name: string, number: number, output: Uint8Array): Promise<boolean> {
    const chunk = this.#findOutstanding(name, number);
    if (chunk === undefined) return false;
    chunk.output = Buffer.from(output);
    return true;
  }

  #findOutstanding(name: string, number: number): ModelChunk | undefined {
    const chunk = this.#runs.get(name)?.chunks.get(number);
    return chunk?.output === undefined ? chunk : undefined;
  }

  /** No number of one caller of a run is one of the next. */
  #renumber(): number {
    this.#count += 1000;
    return this.#count;
  }
}
