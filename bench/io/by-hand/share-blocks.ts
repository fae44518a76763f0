import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { BlockReader, type Cut } from './block-reader.ts';

/** One block runs in each worker, and one is queued behind it. */
const AHEAD = 2;

/** Message to a worker. */
export interface BlockWork {
  readonly at: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Memory for what is made of it, when some is free again. */
  readonly spare: ArrayBuffer | undefined;
}

/** Answer of a worker: what was made of the block, and the memory of the block itself. */
export interface BlockResult {
  readonly at: number;
  readonly made: Uint8Array<ArrayBuffer>;
  readonly memory: ArrayBuffer;
}

/**
 * Turns one file into another on all cores, as an expert writes that by hand: reads blocks of 1 MB, hands them to the
 * workers, and writes what comes back in order. It bounds what is under way, and it has no care for errors, for
 * workers that die, or for being stopped.
 *
 * @param workerData - Value that each worker is given.
 */
export async function shareBlocks(
  from: string,
  to: string,
  worker: URL,
  cut: Cut,
  workerData?: unknown,
): Promise<void> {
  const [input, output] = await Promise.all([open(from), open(to, 'w')]);
  const reader = new BlockReader(input, cut);
  const workers = Array.from({ length: availableParallelism() }, () => new Worker(worker, { workerData }));
  const pending = new Map<number, Uint8Array<ArrayBuffer>>();
  const spares: ArrayBuffer[] = [];
  let read = 0;
  let written = 0;
  let isReadToEnd = false;
  let isWriting = false;
  let readers: Promise<void> = Promise.resolve();

  await new Promise<void>((resolve, reject) => {
    const feed = (to: Worker): void => {
      // One after the other: the order of the file is that of the blocks.
      readers = readers.then(async () => {
        if (isReadToEnd) return;
        const bytes = await reader.read();
        if (bytes === undefined) {
          isReadToEnd = true;
          if (written === read) resolve();
          return;
        }
        const spare = spares.pop();
        const handed = spare === undefined ? [bytes.buffer] : [bytes.buffer, spare];
        to.postMessage({ at: read++, bytes, spare } satisfies BlockWork, handed);
      });
      readers.catch(reject);
    };
    const write = async (): Promise<void> => {
      if (isWriting) return;
      isWriting = true;
      for (let made = pending.get(written); made !== undefined; made = pending.get(written)) {
        pending.delete(written);
        for (let done = 0; done < made.length;) done += (await output.write(made, done)).bytesWritten;
        spares.push(made.buffer);
        written++;
      }
      isWriting = false;
      if (isReadToEnd && written === read) resolve();
    };
    for (const worker of workers) {
      worker.on('message', ({ at, made, memory }: BlockResult) => {
        reader.reuse(memory);
        pending.set(at, made);
        feed(worker);
        write().catch(reject);
      });
      worker.once('error', reject);
    }
    for (let turn = 0; turn < AHEAD; turn++) for (const worker of workers) feed(worker);
  });
  await Promise.all([input.close(), output.close(), ...workers.map((worker) => worker.terminate())]);
}
