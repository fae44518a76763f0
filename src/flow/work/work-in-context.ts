import type { AsyncContext } from '../../async/async-context.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import type { Chunk } from '../chunk/chunk.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';
import type {
  LostStage,
  Refusal,
  SentChunk,
  Strays,
  Work,
  WorkEvents,
  WorkQueue,
  WorkTerms,
} from './work.ts';

/**
 * A run's queue as its pool sees it: the one place where the engine comes to the code of its caller, whose context it
 * enters. Messages, timers and other calls that share the pool would else bring their own: all messages of a worker are
 * heard in the context of whoever has opened its session.
 *
 * Cost: some 0.1 µs for each step of a chunk.
 */
export class WorkInContext implements Work {
  readonly terms: WorkTerms;
  readonly strays: Strays;
  readonly enter: AsyncContext;
  readonly #queue: WorkQueue;
  readonly #events: WorkEvents;

  constructor(queue: WorkQueue, events: WorkEvents, context: AsyncContext) {
    this.terms = queue.terms;
    this.strays = queue.strays;
    this.enter = context;
    this.#queue = queue;
    this.#events = events;
  }

  get isUnloadable(): boolean {
    return this.#queue.isUnloadable;
  }

  get isAwaited(): boolean {
    return this.#queue.isAwaited;
  }

  get isOver(): boolean {
    return this.#queue.isOver;
  }

  nextChunk(): Chunk | undefined {
    return this.enter(() => this.#queue.nextChunk());
  }

  giveBack(chunk: Chunk): void {
    this.enter(() => this.#queue.giveBack(chunk));
  }

  answered(sent: SentChunk, answer: AnswerMessage, busy: number): void {
    this.enter(() => this.#events.answered(sent, answer, busy));
  }

  refused(sent: SentChunk, refusal: Refusal): void {
    this.enter(() => this.#events.refused(sent, refusal));
  }

  unreadable(sent: SentChunk, reason: unknown): void {
    this.enter(() => this.#events.unreadable(sent, reason));
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    this.enter(() => this.#events.lost(sent, end, stage));
  }

  unstarted(failure: StartFailure): void {
    this.enter(() => this.#events.unstarted(failure));
  }

  heldUp(report: string): void {
    this.enter(() => this.#events.heldUp(report));
  }

  audit(): void {
    this.enter(() => this.#events.audit());
  }

  fail(reason: unknown): void {
    this.enter(() => this.#events.fail(reason));
  }

  cutOff(): void {
    this.enter(() => this.#events.cutOff());
  }
}
