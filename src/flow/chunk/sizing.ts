/**
 * Milliseconds that a chunk should take: long against the 20 µs that a message costs, short against a person's wait.
 */
export const TARGET: number = 20;
/** Share of that below which chunks do not shrink at the known end: smaller ones cost more than their balance gains. */
const SHORTEST = 1 / 40;
/** A chunk grows at most by this factor over the one before: the first items run cold, and tell little. */
const GROWTH = 16;
/** Share of what was learned that stays when a chunk reports: a change of cost is followed within some chunks. */
const MEMORY = 0.7;
/** The most that one message carries, in bytes. */
export const LARGEST_MESSAGE: number = 256 * 1024;

/** Chooses how many items the next chunk should have: a constant time, from the service time that workers report. */
export class Sizer {
  readonly #fixed: number | undefined;
  readonly #target: () => number;
  #time = 0;
  #units = 0;
  #bytes = 0;
  #items = 0;
  #largest = 1;

  /**
   * @param fixed - The user's `chunkSize`, which is not second-guessed.
   * @param target - Returns the milliseconds that a chunk should take.
   */
  constructor(fixed?: number, target: () => number = () => TARGET) {
    this.#fixed = fixed;
    this.#target = target;
  }

  /** Time per item in ms, or per unit of cost; `undefined` before the first report. */
  get service(): number | undefined {
    return this.#units > 0 ? this.#time / this.#units : undefined;
  }

  /** Time per item in ms. */
  get itemTime(): number | undefined {
    return this.#items > 0 ? this.#time / this.#items : undefined;
  }

  /** Starts with the service time that an earlier run of the same task ended with. */
  seed(service: number): void {
    this.#units = 1;
    this.#items = 1;
    this.#time = service;
    this.#largest = Math.max(1, Math.floor(this.#target() / 4 / service));
  }

  /**
   * @param remaining - How many items are left, where that is known.
   * @param share - Over how many chunks the end should be spread.
   */
  chooseCount(remaining: number | undefined, share: number): number {
    if (this.#fixed !== undefined) return this.#fixed;
    const { service } = this;
    if (service === undefined) return 1;
    const target = this.#target();
    const ideal = Math.min(target / service, this.#largest * GROWTH, this.#countForBytes());
    if (remaining === undefined) return Math.max(1, Math.floor(ideal));
    const fair = Math.max(Math.ceil(remaining / share), (SHORTEST * target) / service);
    return Math.max(1, Math.floor(Math.min(ideal, fair)));
  }

  /**
   * Returns how much declared cost the next chunk may hold. Items are sorted, so the first chunks hold one item each.
   */
  chooseCost(remainingCost: number, share: number): number {
    const { service } = this;
    if (this.#fixed !== undefined) return Infinity;
    if (service === undefined) return 0;
    const target = this.#target();
    return Math.min(target / service, Math.max(remainingCost / share, (SHORTEST * target) / service));
  }

  /** Takes a worker's report: `units` is the number of items that ran, or their declared cost. */
  learn(items: number, units: number, compute: number, bytes: number): void {
    if (items === 0) return;
    this.#time = this.#time * MEMORY + compute;
    this.#units = this.#units * MEMORY + units;
    this.#bytes = this.#bytes * MEMORY + bytes;
    this.#items = this.#items * MEMORY + items;
    this.#largest = Math.max(this.#largest, items);
  }

  /**
   * Returns how many items one message carries. Results count too: an answer should be a message of a bearable size.
   */
  #countForBytes(): number {
    return this.#bytes === 0 ? Infinity : LARGEST_MESSAGE / (this.#bytes / this.#items);
  }
}

/** Service times of tasks that have run before, so that their next run does not begin with single items. */
const services = new WeakMap<object, number>();

export function rememberService(task: unknown, { itemTime }: Sizer): void {
  if (itemTime !== undefined) services.set(task as object, itemTime);
}

export function recallService(task: unknown, sizer: Sizer): void {
  const service = services.get(task as object);
  if (service !== undefined) sizer.seed(service);
}
