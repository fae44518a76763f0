import { CHUNK_MS } from '../../harness/chunk-time.ts';
import type { Size } from '../case.ts';

/** Work of which it is measured how it grows with the workers. */
export interface Kind {
  readonly name: string;
  /** Whether the workers take no core, so that there may be more of them than cores. */
  readonly isWaiting: boolean;
  readonly countItems: (workers: number, size: Size) => number;
  /**
   * Says what follows.
   *
   * @param main - Milliseconds of the main thread for each item, with the most workers.
   */
  readonly conclude?: (main: number, workers: number) => readonly string[];
}

/** Milliseconds that a run takes, about. */
const LENGTH = { tiny: 40, quick: 800, full: 3000 } as const;
const LONG_ITEMS = { tiny: 50, quick: 5000, full: 20_000 } as const;
const SHORT_ITEMS = { tiny: 50, quick: 20_000, full: 100_000 } as const;
const BLOCKS = { tiny: 10, quick: 1000, full: 4000 } as const;

const waitFor = (workers: number, size: Size): number => Math.ceil((workers * LENGTH[size]) / CHUNK_MS);

export const kinds: readonly Kind[] = [
  { name: 'compute', isWaiting: false, countItems: (_, size) => LONG_ITEMS[size] },
  {
    name: 'messages, nothing',
    isWaiting: false,
    countItems: (_, size) => SHORT_ITEMS[size],
    conclude: (main) => [
      `the main thread hands out and takes back ${(1000 / main).toFixed(0)} messages a second at most`,
    ],
  },
  {
    name: 'blocks, nothing',
    isWaiting: false,
    countItems: (_, size) => BLOCKS[size],
    conclude: (main) => [`it hands over ${(1000 / main).toFixed(0)} MB a second at most`],
  },
  {
    name: 'messages, waiting',
    isWaiting: true,
    countItems: waitFor,
    conclude: (main, workers) => [
      `with ${workers} workers a chunk takes ${(main * 1000).toFixed(0)} µs of it: enough for ${Math.floor(CHUNK_MS / main)} workers with chunks of ${CHUNK_MS} ms`,
    ],
  },
  {
    name: 'blocks, waiting',
    isWaiting: true,
    countItems: waitFor,
    conclude: (main, workers) => [
      `with ${workers} workers a block takes ${(main * 1000).toFixed(0)} µs of it: enough for ${Math.floor(CHUNK_MS / main)} workers with blocks of ${CHUNK_MS} ms`,
    ],
  },
];
