import type { Transferable } from 'node:worker_threads';
import type { ChunkMessage, ToWorker } from '../../../wire/message/message.ts';
import { collectTransfers, forgetTransfers } from '../../../wire/values/transfer.ts';
import { headerOf, packItems } from '../../chunk/chunk.ts';
import type { WorkerPort } from '../../hosts/host.ts';
import type { SentChunk, WorkTerms } from '../../work/work.ts';

/** Sends a worker chunks, the tasks they are of, and requests, in one order. Holds them back while they must wait. */
export class Outbox {
  readonly #port: WorkerPort;
  /** Number of messages that the worker was sent. */
  #posted = 0;
  /** Tasks that the session has been told, with the number of the message that told each. */
  readonly #told = new Map<number, number | undefined>();
  /** Reasons why the worker could not read a task that it was told. */
  readonly #unread = new Map<number, string>();
  /** Calls that post what only a worker that has started is sent, and all behind it. */
  readonly #heldBack: (() => void)[] = [];
  #isHoldingBack = false;

  constructor(port: WorkerPort) {
    this.#port = port;
  }

  get isHoldingBack(): boolean {
    return this.#isHoldingBack;
  }

  /** Holds everything back from now on until the worker has started. */
  holdBack(): void {
    this.#isHoldingBack = true;
  }

  /** Defers a call until the worker has started, behind what waits for that already. */
  defer(post: () => void): void {
    this.#heldBack.push(post);
  }

  /** Sends what waits for the start of the worker, which has started. */
  release(): void {
    this.#isHoldingBack = false;
    for (const post of this.#heldBack.splice(0)) post();
  }

  post(message: ToWorker, transfers?: readonly Transferable[]): void {
    if (this.#isHoldingBack) {
      this.#heldBack.push(() => this.post(message, transfers));
      return;
    }
    this.#port.post(message, transfers);
    if (message.type === 'define') this.#told.set(message.task, this.#posted);
    this.#posted++;
  }

  /** Sends the items of a chunk, and hands over the buffers that go along. Throws when one of them cannot cross. */
  postChunk(sent: SentChunk): void {
    const { work, chunk, row } = sent;
    const mayTransfer = this.#port.transfers && !ArrayBuffer.isView(chunk.items);
    const handedOver = mayTransfer ? collectTransfers(chunk.items as readonly unknown[]) : undefined;
    const transfers = handedOver?.list ?? new Set<Transferable>();
    sent.transferred = handedOver?.positions;
    const message: ChunkMessage = {
      type: 'chunk',
      chunk: sent.id,
      row,
      task: work.terms.taskId,
      index: chunk.index,
      count: chunk.items.length,
      attempt: chunk.attempt,
      isBound: handedOver !== undefined,
      areCalls: work.terms.areCalls === true,
      items: packItems(chunk.items, transfers),
      // Each message has its own: a worker that was given up may still write to the memory that it was lent.
      memory: this.#port.transfers ? work.terms.takeMemory?.() : undefined,
      header: headerOf(chunk),
    };
    this.post(message, transfers.size === 0 ? undefined : [...transfers]);
    if (handedOver !== undefined) forgetTransfers(handedOver);
  }

  /** Makes sure that the worker knows the task. Throws when the task cannot be sent, to a process. */
  tell({ taskId, definition, store }: WorkTerms): void {
    if (definition === undefined || this.#told.has(taskId)) return;
    this.post({ type: 'define', task: taskId, definition, store });
    if (this.#isHoldingBack) this.#told.set(taskId, undefined);
  }

  /** Drops a task that no run uses any more. Returns whether the worker knows it. */
  forget(taskId: number): boolean {
    this.#unread.delete(taskId);
    return this.#told.delete(taskId);
  }

  /** Notes that the worker could not read the message at this place of the order. Returns whether it was a task. */
  noteUnread(position: number, reason: string): boolean {
    for (const [task, at] of this.#told) {
      if (at !== position) continue;
      this.#unread.set(task, reason);
      return true;
    }
    return false;
  }

  /** Returns why the worker could not read a task, where it could not. */
  findUnread(taskId: number | undefined): string | undefined {
    return this.#unread.get(taskId ?? -1);
  }
}
