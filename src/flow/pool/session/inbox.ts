import { fits, isFromWorker } from '../../../wire/message/check-message.ts';
import { decodeThrown } from '../../../wire/values/error.ts';
import type {
  AnswerMessage,
  FromWorker,
  ReadyMessage,
  StrayMessage,
  UndecodableMessage,
  UnloadableMessage,
} from '../../../wire/message/message.ts';
import { isAnswered } from '../../../wire/slots/slot.ts';
import { indexOf, sliceChunk } from '../../chunk/chunk.ts';
import { warnOfStray } from '../../failure/failures.ts';
import type { HostedSession } from '../../hosts/host.ts';
import type { SentChunk, Work } from '../../work/work.ts';
import type { Outbox } from './outbox.ts';
import { Traces } from './traces.ts';

/** The items of an answered chunk: its first item, and the last that it may have run. */
export interface Answered {
  readonly work: Work;
  readonly first: number;
  readonly final: number;
}

/** Events that the inbox tells its session. */
export interface InboxEvents {
  /** Called when the worker has started. */
  onReady(message: ReadyMessage): void;
  /** Called when there is room for another chunk. */
  onRoom(): void;
  /** Called when the worker has done enough, and is to be replaced. */
  onRecycle(): void;
  /** Stops the worker, whatever it does. */
  stop(): void;
  /** Breaks off with a worker that cannot be trusted any more. */
  breakOff(reason: string): void;
}

/** Hears what a worker says, checks it, and hands it to the run that it is for. */
export class Inbox {
  readonly #hosted: HostedSession;
  /** Chunks that the worker holds, oldest first; the inbox removes those that have their answer. */
  readonly #held: SentChunk[];
  readonly #outbox: Outbox;
  readonly #session: InboxEvents;
  readonly #traces = new Traces();
  #last: Answered | undefined;
  #readyAt: number | undefined;
  #worker: number | undefined;
  #hasUnloadable = false;

  constructor(hosted: HostedSession, held: SentChunk[], outbox: Outbox, session: InboxEvents) {
    this.#hosted = hosted;
    this.#held = held;
    this.#outbox = outbox;
    this.#session = session;
  }

  /** Whether the worker has said that it listens. */
  get isReady(): boolean {
    return this.#readyAt !== undefined;
  }

  /** Whether the worker could not load a task: it answers the same until its session ends. */
  get hasUnloadable(): boolean {
    return this.#hasUnloadable;
  }

  /** Number of the worker, once the worker has said it. */
  get worker(): number | undefined {
    return this.#worker;
  }

  /** The chunk that the worker answered last. */
  get last(): Answered | undefined {
    return this.#last;
  }

  listen(): void {
    this.#hosted.record?.serve(this.#held, this.#hosted.slots);
    this.#hosted.port.listen(
      (message) => this.#hear(message),
      (thrown) => this.#receiveUnreadable(thrown),
    );
  }

  /** Hears a message, which a task may have broken, or made up: it is read no further than it can be trusted. */
  #hear(message: unknown): void {
    if (isFromWorker(message) && this.#isDue(message)) this.#receive(message);
    else this.#session.breakOff('It sent what no worker sends.');
  }

  #isDue(message: FromWorker): boolean {
    if (message.type === 'ready') return this.#readyAt === undefined;
    if (message.type !== 'answer' && message.type !== 'unloadable') return true;
    const [sent] = this.#held;
    if (sent?.id !== message.chunk) return false;
    return message.type === 'unloadable' || fits(message, sent.chunk.items.length);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#readyAt = performance.now();
        this.#worker = message.threadId;
        this.#noteStart();
        this.#session.onReady(message);
        return;
      case 'answer':
        this.#hosted.flush?.();
        this.#settle(message);
        break;
      case 'unloadable':
        this.#receiveUnloadable(message);
        break;
      case 'undecodable':
        this.#receiveUndecodable(message);
        break;
      case 'stray':
        this.#passStray(message);
        return;
      case 'recycle':
        this.#session.onRecycle();
        return;
      case 'disposed':
        this.#session.stop();
        return;
      case 'broken':
        this.#session.breakOff(`It could not go on: ${message.reason}.`);
        return;
    }
    this.#session.onRoom();
  }

  #noteStart(): void {
    const { record } = this.#hosted;
    if (record === undefined) return;
    record.hasStarted = true;
    record.note(0);
  }

  #settle(answer: AnswerMessage): void {
    const sent = this.#release(answer.chunk);
    if (sent === undefined) return;
    this.#hosted.record?.note(answer.ran);
    const now = performance.now();
    const busy = now - Math.max(sent.since, this.#readyAt ?? now) - answer.load;
    // The next chunk has been able to run since this one was done.
    if (this.#held[0] !== undefined) this.#held[0].since = now;
    if (answer.ran < sent.end) sent.work.giveBack(sliceChunk(sent.chunk, answer.ran, sent.end));
    sent.work.answered(sent, answer, busy);
  }

  #receiveUnloadable({ chunk, thrown }: UnloadableMessage): void {
    this.#hasUnloadable = true;
    const sent = this.#release(chunk);
    const unread = this.#outbox.findUnread(sent?.work.terms.taskId);
    const reason = unread === undefined ? decodeThrown(thrown) : new Error(unread);
    sent?.work.refused(sent, { kind: 'unloadable', reason });
  }

  /**
   * Handles a message that the worker could not decode: a chunk, or a task, whose chunk comes behind it and says so.
   */
  #receiveUndecodable({ position, reason }: UndecodableMessage): void {
    if (this.#outbox.noteUnread(position, reason)) return;
    const sent = this.#release(this.#held[0]?.id);
    sent?.work.refused(sent, { kind: 'undecodable', reason });
  }

  #passStray({ chunk, index, thrown }: StrayMessage): void {
    const strays = this.#traces.find(chunk, this.#held);
    if (strays !== undefined) strays.add(index, thrown);
    else
      warnOfStray(
        `${index === undefined ? 'A task' : `Item ${index}`} of a call that is over`,
        decodeThrown(thrown),
      );
  }

  /**
   * Handles a message of the worker that cannot be decoded. It can be an answer once the worker said that it answers:
   * its chunk has run. Else it was what an item left behind.
   */
  #receiveUnreadable(reason: unknown): void {
    const [sent] = this.#held;
    if (sent === undefined || !isAnswered(this.#hosted.slots, sent.row)) {
      warnOfStray('A task', reason);
      return;
    }
    this.#release(sent.id);
    sent.work.unreadable(sent, reason);
    this.#session.onRoom();
  }

  /**
   * Removes an answered chunk from those that the worker holds. Answers come in the order of the chunks. An answer to
   * another chunk is of one that was given up, or it is not from us: then what else the worker says cannot be trusted.
   */
  #release(answered: number | undefined): SentChunk | undefined {
    const sent = this.#held.find(({ id }) => id === answered);
    if (sent === undefined) return undefined;
    if (sent !== this.#held[0]) {
      this.#session.stop();
      return undefined;
    }
    this.#held.shift();
    const { work, chunk, end } = sent;
    this.#last = { work, first: indexOf(chunk, 0), final: indexOf(chunk, Math.max(0, end - 1)) };
    this.#traces.note(sent);
    return sent;
  }
}
