import type { Block } from '../../../bytes/block.ts';

/** A block on its way, with what became of its records on which workers died. */
export interface FedBlock extends Block {
  /** Numbers of the records that are not run again. Sent along with the block. */
  readonly without: number[];
  /** Number of the record among `without` that ends the run. */
  endsAt?: number;
}

/** Makes a block without records, which stands for a file that could not be read. */
export function makeEmptyBlock(file: string | undefined): FedBlock {
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(0)),
    file,
    offset: 0,
    isFirst: true,
    bom: 0,
    encoding: undefined,
    headerLines: 0,
    columns: undefined,
    broken: undefined,
    without: [],
  };
}
