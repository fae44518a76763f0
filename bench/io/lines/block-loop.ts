/** Blocks of 1 MB on one thread: the sequential program. */
import { cutLines } from '../by-hand/block-reader.ts';
import { loopBlocks } from '../by-hand/loop-blocks.ts';
import { runWork } from '../run-work.ts';
import { makeTransform } from './transform-block.ts';
import { readKind } from './work.ts';

const transform = makeTransform(readKind());
await runWork((from, to) => loopBlocks(from, to, transform, cutLines));
