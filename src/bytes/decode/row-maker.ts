/** Makes an object out of the fields of a row. */
export type RowMaker = (fields: readonly unknown[]) => Record<string, unknown>;

const makers = new Map<string, RowMaker>();
const MOST_MAKERS = 64;

/**
 * Creates a function that makes rows with these columns. It is compiled from code, so that V8 knows the shape of the
 * rows: a loop over the names takes three times as long, and serves where code from strings is forbidden. Names appear
 * in the code as JSON only.
 */
export function createRowMaker(columns: readonly string[]): RowMaker {
  const key = JSON.stringify(columns);
  const known = makers.get(key);
  if (known !== undefined) return known;
  const maker = makeCode(columns) ?? makeLoop(columns);
  if (makers.size >= MOST_MAKERS) makers.clear();
  makers.set(key, maker);
  return maker;
}

function makeCode(columns: readonly string[]): RowMaker | undefined {
  // The name `__proto__` is a property like any other only when it stands in brackets.
  const properties = columns.map((name, at) => {
    const key = JSON.stringify(name);
    return `${name === '__proto__' ? `[${key}]` : key}:f[${at}]`;
  });
  try {
    // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval
    return new Function('f', `return {${properties.join(',')}}`) as RowMaker;
  } catch {
    return undefined;
  }
}

function makeLoop(columns: readonly string[]): RowMaker {
  return (fields) => {
    const row: Record<string, unknown> = {};
    columns.forEach((name, at) => {
      if (name === '__proto__') {
        Object.defineProperty(row, name, {
          value: fields[at],
          enumerable: true,
          writable: true,
          configurable: true,
        });
      } else row[name] = fields[at];
    });
    return row;
  };
}
