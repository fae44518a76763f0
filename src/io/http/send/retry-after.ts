/**
 * Returns the milliseconds that a `Retry-After` header asks for: seconds, or a date. `undefined` when it says neither.
 */
export function readRetryAfter(value: string | undefined, now: number = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  // A header that came twice is joined by a comma.
  const seconds = /^\s*(\d+(?:\.\d+)?)\s*(?:,|$)/.exec(value)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  // Without a month `Date.parse` makes dates of texts that are none.
  const date = /[a-z]{3}|\d{4}-\d\d-\d\d/i.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
