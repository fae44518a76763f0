import { addUp, derive, type Summed, sumText } from '../mixed/work.ts';

export type Kind = 'I/O' | 'CPU' | 'mixed';

/** Works on an item once its bytes are there: for waiting alone, nothing worth mentioning. */
export function countBytes(bytes: Uint8Array): number {
  return bytes.byteLength;
}

export function sumBytes(bytes: Uint8Array): Summed {
  return sumText(new TextDecoder().decode(bytes));
}

/** Downloads and counts, for a thread that downloads by itself. */
export async function fetchAndCount(url: string): Promise<number> {
  return countBytes(new Uint8Array(await (await fetch(url)).arrayBuffer()));
}

export async function fetchAndSum(url: string): Promise<Summed> {
  return sumText(await (await fetch(url)).text());
}

/** One number for all results, whatever the kind of work. */
export function reduceResults(results: readonly (number | Summed)[]): number {
  return addUp(results.map((one) => (typeof one === 'number' ? { id: 0, rows: 0, sum: one } : one)));
}

export { derive };
