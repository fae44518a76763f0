/** Blocks of 1 MB that are handed over to a worker for each core: the limit that Telar is measured against. */
import { shareBlocks } from '../by-hand/share-blocks.ts';
import { runWork } from '../run-work.ts';
import { cutRows } from './transform-block.ts';

const worker = new URL('./by-hand-worker.js', import.meta.url);
await runWork((from, to) => shareBlocks(from, to, worker, cutRows));
