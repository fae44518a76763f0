import type { RemoteCounts } from '../../../progress/summary.ts';
import type { ChunkOutput } from '../../message/messages.ts';

/** Facts of one run, as its caller has seen them. */
export class RunFacts {
  /** Items whose outcomes came back, also where they are tried again. */
  items = 0;
  healed = 0;
  #repeated = 0;
  #suspects = 0;
  readonly #nodes = new Set<string>();
  readonly since: number = Date.now();

  /** Notes what came back of a chunk. */
  note({ pieces, node, starts = 1, again = 0 }: ChunkOutput): void {
    for (const { from, to } of pieces) this.items += to - from;
    if (node !== undefined) this.#nodes.add(node);
    if (starts < 2) return;
    this.#suspects++;
    this.#repeated += again;
  }

  get counts(): RemoteCounts {
    return {
      nodes: this.#nodes.size,
      repeated: this.#repeated,
      suspects: this.#suspects,
      healed: this.healed,
    };
  }
}
