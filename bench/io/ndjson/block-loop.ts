/** Blocks of 1 MB on one thread: the sequential program. */
import { cutLines } from '../by-hand/block-reader.ts';
import { loopBlocks } from '../by-hand/loop-blocks.ts';
import { runWork } from '../run-work.ts';
import { transformBlock } from './transform-block.ts';

await runWork((from, to) => loopBlocks(from, to, transformBlock, cutLines));
