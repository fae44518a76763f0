import { parentPort } from 'node:worker_threads';
import type { BlockResult, BlockWork } from './share-blocks.ts';
import type { Transform } from './text-output.ts';

/** The other half of `shareBlocks`, in the worker. What `make` gives is handed over, and must own its memory. */
export function serveBlocks(make: Transform): void {
  parentPort?.on('message', ({ at, bytes, spare }: BlockWork) => {
    const { buffer: memory } = bytes;
    const made = make(Buffer.from(memory, bytes.byteOffset, bytes.length), spare);
    const result: BlockResult = { at, made, memory };
    parentPort?.postMessage(result, [made.buffer, memory]);
  });
}
