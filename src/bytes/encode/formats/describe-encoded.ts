/** Describes a value that cannot be encoded, in a few words. */
export function describeEncoded(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return value === undefined ? 'undefined' : `a ${typeof value}`;
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === 'function' && constructor !== Object ? `a ${constructor.name}` : 'an object';
}
