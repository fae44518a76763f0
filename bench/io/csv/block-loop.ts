/** Blocks of 1 MB on one thread: the sequential program. */
import { loopBlocks } from '../by-hand/loop-blocks.ts';
import { runWork } from '../run-work.ts';
import { cutRows, transformBlock } from './transform-block.ts';

await runWork((from, to) => loopBlocks(from, to, transformBlock, cutRows));
