/** Writes a key that is no text, or a text with no form in UTF-8, as a text: another one for each such key. */
export function describeOther(key: unknown): string {
  switch (typeof key) {
    case 'number':
      return `n${key}`;
    case 'bigint':
      return `i${key}`;
    case 'string':
      // Halves of surrogate pairs are escaped.
      return `s${JSON.stringify(key)}`;
    default:
      return String(key);
  }
}

/** Reads what `describeOther` wrote. */
export function readOther(text: string): unknown {
  switch (text) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
    case 'undefined':
      return undefined;
  }
  const rest = text.slice(1);
  if (text[0] === 's') return JSON.parse(rest);
  return text[0] === 'i' ? BigInt(rest) : Number(rest);
}
