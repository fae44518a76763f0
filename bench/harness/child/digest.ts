import { createHash } from 'node:crypto';

/** Results that become text at once. */
const PIECE = 10_000;

/** Tells apart results that differ anywhere: a hash over the first `count` of them. */
export function digest(results: readonly unknown[], count: number = results.length): string {
  const hash = createHash('sha1');
  for (let from = 0; from < count; from += PIECE) {
    hash.update(JSON.stringify(results.slice(from, Math.min(count, from + PIECE))));
  }
  return hash.digest('hex');
}
