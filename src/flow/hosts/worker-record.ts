import type { PoolStats, WorkerState, WorkerStats } from '../../options/worker-pool.ts';
import { countBegun, PHASE_CLOSING, PHASE_LOADING, readHeap, readPhase } from '../../wire/slots/slot.ts';
import type { SlotRow, Slots } from '../../wire/slots/slot.ts';
import { type Chunk, indexOf } from '../chunk/chunk.ts';

/** A chunk that a worker holds, as far as counts go. */
interface HeldChunk {
  readonly chunk: Chunk;
  readonly row: SlotRow;
  readonly end: number;
  readonly since: number;
}

/**
 * Facts of one worker, over all of its sessions. They are noted once a chunk, where it is at hand anyway; what an item
 * runs is read from the slot when somebody asks.
 */
export class WorkerRecord {
  /** Number of its thread or process. */
  readonly id: number;
  /** Number of items that it has run. */
  items = 0;
  /** Time of its last answer, or of its start, in ms of `performance.now()`. */
  since: number = performance.now();
  hasStarted = false;
  #held: readonly HeldChunk[] = [];
  #slots: Slots | undefined;

  constructor(id: number) {
    this.id = id;
  }

  /** Takes in the session that the worker serves from now on; the list of what it holds goes on changing. */
  serve(held: readonly HeldChunk[], slots: Slots): void {
    this.#held = held;
    this.#slots = slots;
  }

  /** Notes that the worker has said something. */
  note(ran: number): void {
    this.items += ran;
    this.since = performance.now();
  }

  /** Number of items that the worker holds, and of those that have not begun. */
  count(): { readonly inFlight: number; readonly queued: number } {
    let inFlight = 0;
    let begun = 0;
    for (const { end, row } of this.#held) {
      inFlight += end;
      begun += Math.min(end, this.#slots === undefined ? 0 : countBegun(this.#slots, row));
    }
    return { inFlight, queued: inFlight - begun };
  }

  describe(): WorkerStats {
    const first = this.#first;
    const begun = first && this.#slots ? Math.min(first.end, countBegun(this.#slots, first.row)) : 0;
    return {
      id: this.id,
      state: this.#state,
      item: first === undefined || begun === 0 ? undefined : indexOf(first.chunk, begun - 1),
      since: first === undefined ? this.since : first.since,
      items: this.items,
      heapUsed: this.#slots && (readHeap(this.#slots) || undefined),
    };
  }

  /** The chunk that the worker is on. One all of whose items were taken back is nothing that it has. */
  get #first(): HeldChunk | undefined {
    return this.#held.find(({ end }) => end > 0);
  }

  get #state(): WorkerState {
    if (!this.hasStarted) return 'starting';
    const phase = this.#slots && readPhase(this.#slots);
    if (phase === PHASE_CLOSING) return 'ending';
    if (this.#first === undefined) return 'idle';
    return phase === PHASE_LOADING ? 'loading' : 'busy';
  }
}

/** Sums up the workers of a pool. */
export function describeWorkers(records: readonly WorkerRecord[], runs: number): PoolStats {
  let inFlight = 0;
  let queued = 0;
  for (const record of records) {
    const counts = record.count();
    inFlight += counts.inFlight;
    queued += counts.queued;
  }
  return { workers: records.map((record) => record.describe()), queued, inFlight, runs };
}
