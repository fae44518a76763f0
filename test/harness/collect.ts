/** Everything that an async iterable gives, in its order. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of iterable) values.push(value);
  return values;
}

/** Resolves with the reason of a promise that rejects; one that resolves is a failure of the test. */
export async function catchReason(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (reason) {
    return reason;
  }
  throw new Error('Expected a rejection.');
}
