/**
 * Marks the rows of `query`. It is a registered symbol: the same in every copy of Telar. What pg makes of a JSON value
 * that is a text cannot be told from the JSON of a value: `"12"` is 12 or "12". In rows that a query has read, it is a
 * value.
 */
export const queriedRows: unique symbol = Symbol.for('telar.queriedRows') as never;

export function hasQueriedRows(input: unknown): boolean {
  return typeof input === 'object' && input !== null && queriedRows in input;
}
