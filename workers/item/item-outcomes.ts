import type { Transferable } from 'node:worker_threads';
import type { AnswerMessage, ChunkMessage, SessionPort } from '../../src/wire/message/message.ts';
import { type EncodedOutcome, skip, stop } from '../../src/wire/message/outcome.ts';
import { type Packed, packValues } from '../../src/wire/pack/pack.ts';
import { estimateBytes, SizeSampler } from '../../src/wire/pack/size.ts';
import { describeThrown, encodeThrown } from '../../src/wire/values/error.ts';
import { collectTransfers, forgetTransfers } from '../../src/wire/values/transfer.ts';
import { type CloneAttempt, findUncloneable } from '../../src/wire/values/uncloneable.ts';
import { outsideUserland } from '../userland/userland.ts';
import { Expansion } from './expand.ts';
import type { ChunkHost, ChunkTimes, Loaded, Outcomes, WorkerTask } from './outcomes.ts';
import { LARGEST_ANSWER } from './pacer.ts';
import { ResultValues } from './result-values.ts';

/** A task, each of whose items has a value of its own. */
export class LoadedTask implements Loaded {
  readonly task: WorkerTask;
  readonly isWaiting = false;
  readonly isGuarded = false;
  store: unknown = undefined;

  constructor(task: WorkerTask) {
    this.task = task;
  }

  open(chunk: ChunkHost): Outcomes {
    return new ItemOutcomes(chunk);
  }
}

/** The outcomes of items, one by one: the value of each, and an encoded outcome where that is not all. */
class ItemOutcomes implements Outcomes {
  isFull = false;
  readonly #message: ChunkMessage;
  readonly #values: ResultValues;
  readonly #encoded: EncodedOutcome[] = [];
  /** Bytes that the results take, about. */
  #bytes = 0;
  readonly #sizes = new SizeSampler();

  constructor({ message, items }: ChunkHost) {
    this.#message = message;
    this.#values = new ResultValues(items);
  }

  get count(): number {
    return this.#values.length;
  }

  succeedWithNumber(value: number): void {
    this.#values.addNumber(value);
    this.#bytes += 8;
  }

  succeed(value: unknown): void {
    const at = this.#values.length;
    if (value === skip) {
      this.#values.addNothing();
      this.#encode({ at, kind: 'skipped' });
    } else if (value === stop) {
      this.#values.addNothing();
      this.#encode({ at, kind: 'stopped' });
      this.isFull = true;
    } else if (typeof value === 'object' && value !== null && Expansion.is(value)) {
      this.#values.add(value.results);
      this.#bytes += estimateBytes(value.results);
      this.#encode({ at, kind: 'expanded', stopped: value.stopped });
      if (value.stopped) this.isFull = true;
    } else {
      if (typeof value === 'number') this.#values.addNumber(value);
      else this.#values.add(value);
      this.#bytes += this.#sizes.estimate(value, at);
    }
    // A message that grows too large holds up both threads: the rest goes back.
    if (this.#bytes > LARGEST_ANSWER && !this.#message.isBound) this.isFull = true;
  }

  fail(thrown: unknown): void {
    this.#encode({
      at: this.#values.length,
      kind: 'failed',
      thrown: outsideUserland(() => encodeThrown(thrown)),
    });
    this.#values.addNothing();
  }

  post(port: SessionPort, times: ChunkTimes): void {
    try {
      const handedOver = this.#values.mayHoldTransfers ? collectTransfers(this.#values.toArray()) : undefined;
      const transfers = handedOver?.list ?? new Set<Transferable>();
      const packed = this.#values.pack(transfers);
      const answer = this.#answer(packed, this.#encoded, times);
      if (transfers.size === 0) port.postMessage(answer);
      else port.postMessage(answer, [...transfers]);
      if (handedOver !== undefined) forgetTransfers(handedOver);
    } catch (thrown) {
      const uncloneable = this.#removeUncloneable(thrown, port.tryClone);
      const failed = new Set(uncloneable.map(({ at }) => at));
      const encoded = [...this.#encoded.filter(({ at }) => !failed.has(at)), ...uncloneable];
      port.postMessage(this.#answer(packValues(this.#values.toArray(), new Set()), encoded, times));
    }
  }

  /** Puts `undefined` in the place of each result that cannot cross, and returns an outcome with the reason for each. */
  #removeUncloneable(thrown: unknown, attempt: CloneAttempt | undefined): EncodedOutcome[] {
    const values = this.#values.toArray();
    const uncloneable: EncodedOutcome[] = [];
    values.forEach((value, at) => {
      const found = findUncloneable(value, 'result', attempt);
      if (found === undefined) return;
      uncloneable.push({ at, kind: 'uncloneable', ...found });
      values[at] = undefined;
    });
    if (uncloneable.length > 0) return uncloneable;
    // No single result is at fault, so all are: too large together, or with one thing handed over twice.
    const reason = describeThrown(thrown);
    values.fill(undefined);
    return values.map((_, at) => ({ at, kind: 'uncloneable', path: 'result', reason }));
  }

  /**
   * Makes an answer field by field: where fields are added to what was spread, Node 20 makes a hidden class for each
   * object.
   */
  #answer(values: Packed, encoded: readonly EncodedOutcome[], { compute, load }: ChunkTimes): AnswerMessage {
    return {
      type: 'answer',
      chunk: this.#message.chunk,
      ran: this.count,
      values,
      payload: undefined,
      encoded: encoded.length > 0 ? encoded : undefined,
      bytes: this.#bytes,
      compute,
      load,
    };
  }

  #encode(outcome: EncodedOutcome): void {
    this.#encoded[this.#encoded.length] = outcome;
  }
}
