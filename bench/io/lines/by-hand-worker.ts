import { workerData } from 'node:worker_threads';
import { serveBlocks } from '../by-hand/serve-blocks.ts';
import { makeTransform } from './transform-block.ts';
import type { Kind } from './work.ts';

serveBlocks(makeTransform(workerData as Kind));
