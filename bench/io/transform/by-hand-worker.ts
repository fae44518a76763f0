import { parentPort, workerData } from 'node:worker_threads';
import { type Range, transformRange } from './transform-range.ts';

parentPort?.postMessage(transformRange(workerData as Range));
