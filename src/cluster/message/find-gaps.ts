import type { Piece } from './messages.ts';

/** Lists the stretches of a chunk of so many items that no piece covers, in order. */
export function findGaps(
  pieces: readonly Piece[],
  count: number,
): { readonly from: number; readonly to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  let from = 0;
  for (const piece of pieces.toSorted((a, b) => a.from - b.from)) {
    if (piece.from > from) gaps.push({ from, to: piece.from });
    from = piece.to;
  }
  if (from < count) gaps.push({ from, to: count });
  return gaps;
}
