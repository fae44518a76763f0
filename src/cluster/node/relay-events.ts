import { sliceChunk } from '../../flow/chunk/chunk.ts';
import type { SessionEnd, StartFailure } from '../../flow/hosts/host.ts';
import type { LostStage, Refusal, SentChunk, WorkEvents } from '../../flow/work/work.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import { encodeThrown } from '../../wire/values/error.ts';
import type { EncodedEnd } from '../message/messages.ts';
import type { PieceContent } from './chunk-record.ts';
import type { Relay } from './relay.ts';

/** Writes down what the pool of a node says of a chunk's items. */
export class RelayEvents implements WorkEvents {
  readonly #relay: Relay;
  /** Number of outcomes when the last look found nothing that runs. */
  #audited = -1;

  constructor(relay: Relay) {
    this.#relay = relay;
  }

  answered(sent: SentChunk, answer: AnswerMessage): void {
    const { ran, compute, bytes } = answer;
    this.#relay.sizer.learn(ran, ran, compute, bytes);
    this.#tell(sent, ran, { kind: 'answered', answer });
  }

  refused(sent: SentChunk, { kind, reason }: Refusal): void {
    // A chunk that came as bytes and does not cross to a thread here is as good as not decoded.
    const told = kind === 'unloadable' ? kind : 'undecodable';
    this.#tell(sent, sent.end, { kind: told, thrown: encodeThrown(reason) });
  }

  unreadable(sent: SentChunk, reason: unknown): void {
    this.#tell(sent, sent.end, { kind: 'unreadable', thrown: encodeThrown(reason) });
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    // Nothing of the chunk was touched, so it stays here: a worker that is replaced costs the caller nothing.
    if (stage === 'queued' && !this.#relay.isStopped)
      this.#relay.giveBack(sliceChunk(sent.chunk, 0, sent.end));
    else this.#tell(sent, sent.end, { kind: 'lost', end: encodeEnd(end), stage, place: sent.place });
  }

  unstarted(failure: StartFailure): void {
    this.#relay.record.failure = encodeEnd(failure);
    this.#relay.stop();
  }

  heldUp(report: string): void {
    process.emitWarning(report, 'TelarBlockedWarning');
  }

  /** Ends a chunk of which no worker has anything, and that waits for nothing: what it lacks runs elsewhere. */
  audit(): void {
    const { settled } = this.#relay.record;
    if (this.#audited === settled && !this.#relay.hasLeft) this.#relay.end();
    this.#audited = settled;
  }

  fail(): void {
    this.#relay.stop();
  }

  cutOff(): void {
    this.#relay.end();
  }

  #tell(sent: SentChunk, count: number, told: PieceContent): void {
    this.#relay.record.tell(sent, count, told);
    this.#relay.release(count);
  }
}

/** Makes data of an end of a session, or of a start that failed. */
function encodeEnd(end: StartFailure): EncodedEnd {
  const { thrown } = end as { thrown?: unknown };
  return { ...end, thrown: thrown === undefined ? undefined : encodeThrown(thrown) };
}
