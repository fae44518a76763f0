import type { Block } from '../../../bytes/block.ts';

/** A block on its way, with what became of its records when workers died on them. */
export interface FedBlock extends Block {
  /** Records that are not run again, by their number. Sent along. */
  readonly without: number[];
  /** The one among them that ends the run. */
  endsAt?: number;
}
