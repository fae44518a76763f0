import type { Block } from '../../../bytes/block.ts';

/** A block on its way, with what became of its records when workers died on them. */
export interface FedBlock extends Block {
  /** Records that are not run again, by their number. Sent along. */
  readonly without: number[];
  /** The one among them that ends the run. */
  endsAt?: number;
}

/** A block without records, which stands for a file that could not be read. */
export function makeEmptyBlock(file: string | undefined): FedBlock {
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(0)),
    file,
    offset: 0,
    isFirst: true,
    mark: 0,
    encoding: undefined,
    headerLines: 0,
    columns: undefined,
    broken: undefined,
    without: [],
  };
}
