/** Returns the first values of an iterable, at most so many. */
export function takeFirst(values: Iterable<unknown>, count: number): unknown[] {
  const first: unknown[] = [];
  for (const value of values) {
    if (first.length === count) break;
    first.push(value);
  }
  return first;
}
