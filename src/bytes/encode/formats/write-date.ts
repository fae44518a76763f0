/** Writes a date as ISO 8601, in UTC. Throws a `TypeError` for an invalid one. */
export function writeDate(date: Date, name: string | number): string {
  if (Number.isNaN(date.getTime())) throw new TypeError(`The date of \`${name}\` is invalid.`);
  return date.toISOString();
}
