import {
  countClaimed,
  openRow,
  PHASE_LOADING,
  PHASE_RUNNING,
  readPhase,
  type SlotRow,
  type Slots,
  takeBack,
  withdraw,
} from '../../../wire/slots/slot.ts';
import { hasTransfers } from '../../../wire/values/transfer.ts';
import { type Chunk, sliceChunk } from '../../chunk/chunk.ts';
import type { HostedSession } from '../../hosts/host.ts';
import type { SentChunk, Work } from '../../work/work.ts';
import type { Outbox } from './outbox.ts';

let nextChunkId = 0;

/** Marks a chunk that is being sent: while it is not known which buffers go along, nothing can be taken back. */
const BEING_SENT: ReadonlySet<number> = new Set();

/** Chunks that a worker holds: sends them, counts what has not begun of them, and takes that back. */
export class HeldChunks {
  /** The chunks, oldest first; the worker runs them in this order. */
  readonly chunks: SentChunk[] = [];
  readonly #hosted: HostedSession;
  readonly #outbox: Outbox;

  constructor(hosted: HostedSession, outbox: Outbox) {
    this.#hosted = hosted;
    this.#outbox = outbox;
  }

  /** @param isStarting - Whether the worker has yet to start, and may fail to. */
  send(work: Work, chunk: Chunk, isStarting: boolean): void {
    const sent = openChunk(this.#hosted.slots, this.chunks[0]?.row === 0 ? 1 : 0, work, chunk);
    // The chunk is held first: a getter of an item may end this very call, which asks for what is held.
    this.chunks.push(sent);
    try {
      this.#outbox.tell(work.terms);
    } catch (reason) {
      this.#drop(sent);
      work.refused(sent, { kind: 'unloadable', reason });
      return;
    }
    // Buffers that are handed over are gone for good when the thread cannot start.
    if (isStarting && this.#hosted.port.transfers && hasTransfers()) this.#outbox.holdBack();
    if (this.#outbox.isHoldingBack) this.#outbox.defer(() => work.enter(() => this.#post(sent)));
    else this.#post(sent);
  }

  /** Tells whether the worker runs items of this run. */
  isRunning(work: Work): boolean {
    return this.chunks[0]?.work === work && readPhase(this.#hosted.slots) === PHASE_RUNNING;
  }

  /** Counts the items of a chunk that have not begun, and so can be taken back. */
  countFree(sent: SentChunk): number {
    if (sent.transferred !== undefined) return 0;
    return Math.max(0, sent.end - countClaimed(this.#hosted.slots, sent.row));
  }

  /** Takes back up to `most` of a chunk's last items, as far as they have not begun. */
  takeBack(sent: SentChunk, most: number): Chunk | undefined {
    const taken = takeItems(this.#hosted.slots, sent, most);
    if (taken === undefined || sent.end > 0 || this.chunks[0] !== sent) return taken;
    return { ...taken, moves: (taken.moves ?? 0) + 1 };
  }

  /**
   * Asks for an end of a run's chunk that is held here: nothing more of it begins, and the current item is told.
   * Returns whether one of its items is in progress, or the load of a task that no worker has loaded yet.
   *
   * @remarks A task that has run elsewhere can be loaded: the worker goes on with that, for the calls to come. To stop it
   *   and start another, call by call, would take their time and come to nothing where a load takes longer than a call.
   */
  ask(sent: SentChunk): boolean {
    const { slots } = this.#hosted;
    sent.end = takeBack(slots, sent.row, 0);
    if (sent.end === 0) {
      const { service } = sent.work.terms;
      return service === undefined && this.chunks[0] === sent && readPhase(slots) === PHASE_LOADING;
    }
    withdraw(slots, sent.row);
    this.abort(sent);
    return true;
  }

  /** Tells the items of a chunk that have begun that they should end. */
  abort(sent: SentChunk): void {
    this.#outbox.post({ type: 'abort', chunk: sent.id });
  }

  #post(sent: SentChunk): void {
    // Nobody wants the chunk any more: what was to be handed over stays here.
    if (sent.end === 0) {
      this.#drop(sent);
      return;
    }
    try {
      this.#outbox.postChunk(sent);
    } catch (reason) {
      this.#drop(sent);
      sent.work.refused(sent, { kind: 'uncloneable', reason, attempt: this.#hosted.port.tryClone });
    }
  }

  /** Drops a chunk that was not sent after all. */
  #drop(sent: SentChunk): void {
    this.chunks.splice(this.chunks.indexOf(sent), 1);
  }
}

/** Makes ready a chunk that a worker is about to be sent, and the row of the slot that it uses. */
function openChunk(slots: Slots, row: SlotRow, work: Work, chunk: Chunk): SentChunk {
  const count = chunk.items.length;
  const sent: SentChunk = {
    id: nextChunkId++,
    work,
    chunk,
    row,
    end: count,
    transferred: BEING_SENT,
    since: performance.now(),
    stopAt: undefined,
    late: new Set(),
    place: undefined,
  };
  openRow(slots, row, count);
  return sent;
}

/** Takes up to `most` of a chunk's last items out of it, as far as they have not begun. */
export function takeItems(slots: Slots, sent: SentChunk, most: number): Chunk | undefined {
  const from = takeBack(slots, sent.row, Math.max(0, sent.end - most));
  if (from >= sent.end) return undefined;
  const taken = sliceChunk(sent.chunk, from, sent.end);
  sent.end = from;
  return taken;
}
