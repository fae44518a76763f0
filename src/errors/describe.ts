/** Describes a value for messages: its type and, where that is short, its value. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'string':
      return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
    case 'number':
    case 'boolean':
      return `the ${typeof value} ${String(value)}`;
    case 'bigint':
      return `the bigint ${value}n`;
    case 'symbol':
      return `the ${String(value)}`;
    case 'function':
      return value.name ? `the function ${value.name}` : 'a function';
    default:
      if (value === null) return 'null';
      if (Array.isArray(value)) return `an array of ${value.length}`;
      return describeObject(value as object);
  }
}

function describeObject(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  const name = typeof constructor === 'function' ? constructor.name : '';
  if (name === '' || name === 'Object') return 'an object';
  return `${/^[AEIOU]/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** Ends a text with a full stop, unless it has the mark of a sentence's end already. */
export function endSentence(text: string): string {
  return /[.!?…]["'”’)]?$/.test(text) ? text : `${text}.`;
}
