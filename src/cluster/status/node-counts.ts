import type { NodeLoad } from '../message/messages.ts';

/** Share of the rate that stays when some seconds have passed: a change shows within a few heartbeats. */
const MEMORY = 0.5;

/** Counts of what a node has done for one version of its tasks. They cost some additions for each chunk. */
export class NodeCounts {
  items = 0;
  failed = 0;
  /** Number of chunks whose outcomes were committed, and of those that somebody else had committed before. */
  chunks = 0;
  dropped = 0;
  /** Number of chunks that somebody had begun before and not committed. */
  suspects = 0;
  /** Milliseconds of all committed chunks together. */
  busy = 0;
  /** Number of chunks that run, and of their items. */
  running = 0;
  inFlight = 0;
  #before = { at: performance.now(), items: 0, failed: 0 };
  #rate = 0;
  #failedRate = 0;

  /** Notes that a chunk was begun. */
  begin(items: number, starts: number): void {
    this.running++;
    this.inFlight += items;
    if (starts > 1) this.suspects++;
  }

  /** Notes that a chunk runs no more, whatever became of it. */
  leave(items: number): void {
    this.running--;
    this.inFlight -= items;
  }

  commit(
    done: { readonly items: number; readonly failed: number; readonly ms: number },
    isFirst: boolean,
  ): void {
    if (!isFirst) {
      this.dropped++;
      return;
    }
    this.chunks++;
    this.items += done.items;
    this.failed += done.failed;
    this.busy += done.ms;
  }

  /** Measures the rates since the last measure, and describes all. */
  measure(): NodeLoad {
    const now = performance.now();
    const { at, items, failed } = this.#before;
    const seconds = (now - at) / 1000;
    if (seconds > 1) {
      this.#rate = mix(this.#rate, (this.items - items) / seconds);
      this.#failedRate = mix(this.#failedRate, (this.failed - failed) / seconds);
      this.#before = { at: now, items: this.items, failed: this.failed };
    }
    const { chunks, dropped, suspects, busy, running, inFlight } = this;
    return {
      items: this.items,
      failed: this.failed,
      chunks,
      dropped,
      suspects,
      busy: Math.round(busy),
      running,
      inFlight,
      rate: round(this.#rate),
      failedRate: round(this.#failedRate),
      rss: process.memoryUsage.rss(),
    };
  }
}

function mix(before: number, now: number): number {
  return before === 0 ? now : MEMORY * before + (1 - MEMORY) * now;
}

function round(rate: number): number {
  return Math.round(rate * 100) / 100;
}
