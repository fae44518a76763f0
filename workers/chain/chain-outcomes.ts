import type { Transferable } from 'node:worker_threads';
import type { AnswerMessage, ChunkMessage, SessionPort } from '../../src/wire/message/message.ts';
import type { EncodedOutcome } from '../../src/wire/message/outcome.ts';
import type { Payload } from '../../src/wire/message/payload.ts';
import { encodeThrown } from '../../src/wire/values/error.ts';
import type { ChunkTimes, Outcomes } from '../item/outcomes.ts';
import { LARGEST_ANSWER } from '../item/pacer.ts';
import { outsideUserland } from '../userland/userland.ts';
import { StageStop } from './stages/stage-stop.ts';

/** The chain that has run a chunk, and holds what came of it. */
export interface CollectingChain {
  /** Bytes that the chunk's answer takes so far, about. */
  readonly bytes: number;
  /** Whether a stage said that no later item counts. */
  readonly isStopped: boolean;
  /** Returns the results of a chunk that is done. */
  finish(transfers: Set<Transferable>): Payload;
  /** Leaves out results that cannot cross; each is a failure of its item. */
  removeUncloneable(thrown: unknown): void;
}

/** The outcomes of items that went through a chain: items have no values, what came out is collected for all of them. */
export class ChainOutcomes implements Outcomes {
  count = 0;
  isFull = false;
  readonly #message: ChunkMessage;
  readonly #chain: CollectingChain;
  readonly #encoded: EncodedOutcome[] = [];
  #bytes = 0;

  constructor(message: ChunkMessage, chain: CollectingChain) {
    this.#message = message;
    this.#chain = chain;
  }

  succeedWithNumber(): void {
    this.succeed();
  }

  succeed(): void {
    const at = this.count++;
    if (this.#chain.isStopped) {
      this.#encode({ at, kind: 'expanded', stopped: true });
      this.isFull = true;
    }
    this.#bytes = this.#chain.bytes;
    // A message that grows too large holds up both threads: the rest goes back.
    if (this.#bytes > LARGEST_ANSWER && !this.#message.isBound) this.isFull = true;
  }

  fail(thrown: unknown): void {
    const at = this.count++;
    // Only what a chain throws is asked: what a task throws may be a proxy that must not be touched.
    if (thrown instanceof StageStop) {
      this.#encode({ at, kind: 'stage-failed', failure: thrown.failure });
      // The run ends with the stage that failed.
      this.isFull = true;
    } else {
      this.#encode({ at, kind: 'failed', thrown: outsideUserland(() => encodeThrown(thrown)) });
    }
  }

  post(port: SessionPort, { compute, load }: ChunkTimes): void {
    for (;;) {
      try {
        const transfers = new Set<Transferable>();
        const payload = this.#chain.finish(transfers);
        const answer: AnswerMessage = {
          type: 'answer',
          chunk: this.#message.chunk,
          ran: this.count,
          values: { kind: 'values', values: [] },
          payload,
          encoded: this.#encoded.length > 0 ? this.#encoded : undefined,
          bytes: this.#bytes,
          compute,
          load,
        };
        port.postMessage(answer, [...transfers]);
        return;
      } catch (thrown) {
        this.#chain.removeUncloneable(thrown);
      }
    }
  }

  #encode(outcome: EncodedOutcome): void {
    this.#encoded[this.#encoded.length] = outcome;
  }
}
