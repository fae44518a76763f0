import { openSync, readFileSync, writeSync } from 'node:fs';

const open = new Map<string, number>();

/**
 * Notes that an item begins to run, in a file that all workers append to. It counts what really ran, in threads and
 * in processes alike, also when the worker dies the moment after: an append of a few bytes is done whole.
 */
export function recordStart(path: string, id: number): void {
  let file = open.get(path);
  if (file === undefined) {
    file = openSync(path, 'a');
    open.set(path, file);
  }
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, id, true);
  writeSync(file, bytes);
}

/** Counts how often each item began, by its id. */
export function readStarts(path: string): Map<number, number> {
  const bytes = readFileSync(path);
  const starts = new Map<number, number>();
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const id = bytes.readUInt32LE(at);
    starts.set(id, (starts.get(id) ?? 0) + 1);
  }
  return starts;
}

/** Notes its start, and takes some ms. */
export async function recordAndWait({ path, id }: { path: string; id: number }): Promise<number> {
  recordStart(path, id);
  await new Promise((resolve) => setTimeout(resolve, 2));
  return id;
}
