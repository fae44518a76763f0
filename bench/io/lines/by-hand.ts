/** Blocks of 1 MB that are handed over to a worker for each core: the limit that Telar is measured against. */
import { cutLines } from '../by-hand/block-reader.ts';
import { shareBlocks } from '../by-hand/share-blocks.ts';
import { runWork } from '../run-work.ts';
import { readKind } from './work.ts';

const worker = new URL('./by-hand-worker.js', import.meta.url);
const kind = readKind();
await runWork((from, to) => shareBlocks(from, to, worker, cutLines, kind));
