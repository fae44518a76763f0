/** One property of all objects: numbers, flags or strings; or the one value that all of them have. */
export type Column =
  | Unshared<Float64Array>
  | Unshared<Uint8Array>
  | readonly string[]
  | FewTexts
  | string
  | null
  | undefined;

/** A view that can be transferred. An intersection, since `Uint8Array<ArrayBuffer>` needs TypeScript 5.7. */
type Unshared<A extends ArrayBufferView> = A & { readonly buffer: ArrayBuffer };

/** Kind of a column's values; `constant` is a string that all objects have, or whatever the column's one value is. */
export type ColumnKind = 'number' | 'flag' | 'string' | 'few' | 'constant' | 'null' | 'undefined';

/** Texts that occur many times, and for each object the number of its own. */
export interface FewTexts {
  readonly texts: readonly string[];
  readonly numbers: Uint8Array;
}

/** The properties that objects have in common, and the kind of each. */
export interface Shape {
  readonly keys: readonly string[];
  readonly areArrays: boolean;
  readonly kinds: readonly ColumnKind[];
}

type Row = Record<string, unknown>;
/** Fills the columns from objects. False when one holds a value of another kind. */
type Reader = (objects: readonly Row[], columns: readonly Column[]) => boolean;
/** Makes objects from the columns. */
type Writer = (columns: readonly Column[], count: number) => Row[];

/** The most shapes that code is kept for. A program has few; one with many would fill the memory with code. */
const MOST_SHAPES = 64;
const readers = new Map<string, Reader>();
const writers = new Map<string, Writer>();

/**
 * Finds the function that reads objects of one shape, which is made for that shape: each of its property accesses sees
 * one shape only, which makes it three to eight times as fast as a loop over the keys. Where code from strings is
 * forbidden, that loop serves.
 */
export function findReader({ keys, areArrays, kinds }: Shape): Reader {
  return findCode(readers, { keys, areArrays, kinds }, () => {
    const steps = keys.map(
      (key, at) => `const v${at} = o[${areArrays ? at : JSON.stringify(key)}]; ${writeCheck(kinds[at], at)}`,
    );
    const body = `for (let i = 0; i < objects.length; i++) { const o = objects[i]; ${steps.join(' ')} } return true;`;
    return compile<Reader>(['objects', 'columns'], nameColumns(keys) + body) ?? readSlowly(keys, kinds);
  });
}

/** Finds the function that makes objects of one shape again, as literals, which V8 allocates in one go. */
export function findWriter({ keys, areArrays, kinds }: Shape): Writer {
  return findCode(writers, { keys, areArrays, kinds }, () => {
    const fields = keys.map((key, at) => {
      const field = readField(kinds[at], at);
      return areArrays ? field : `${JSON.stringify(key)}: ${field}`;
    });
    const literal = areArrays ? `[${fields.join(', ')}]` : `{ ${fields.join(', ')} }`;
    const body = `const o = []; for (let i = 0; i < count; i++) o.push(${literal}); return o;`;
    const code = compile<Writer>(['columns', 'count'], nameColumns(keys) + body);
    return code ?? writeSlowly({ keys, areArrays, kinds });
  });
}

function findCode<T>(cache: Map<string, T>, { keys, areArrays, kinds }: Shape, make: () => T): T {
  const name = JSON.stringify([areArrays, keys, kinds]);
  let code = cache.get(name);
  if (code === undefined) {
    code = make();
    if (cache.size >= MOST_SHAPES) cache.clear();
    cache.set(name, code);
  }
  return code;
}

function compile<T>(parameters: readonly string[], body: string): T | undefined {
  try {
    // Keys are in the code as JSON only, so nothing that came as data is run.
    // oxlint-disable-next-line typescript/no-implied-eval
    return new Function(...parameters, body) as T;
  } catch {
    // Code from strings is forbidden with `--disallow-code-generation-from-strings`.
    return undefined;
  }
}

function nameColumns(keys: readonly string[]): string {
  return keys.map((_, at) => `const c${at} = columns[${at}];`).join(' ');
}

function writeCheck(kind: ColumnKind | undefined, at: number): string {
  switch (kind) {
    case 'number':
      return `if (typeof v${at} !== 'number') return false; c${at}[i] = v${at};`;
    case 'flag':
      return `if (typeof v${at} !== 'boolean') return false; c${at}[i] = v${at} ? 1 : 0;`;
    case 'string':
      return `if (typeof v${at} !== 'string') return false; c${at}.push(v${at});`;
    default:
      return `if (v${at} !== c${at}) return false;`;
  }
}

function readField(kind: ColumnKind | undefined, at: number): string {
  if (kind === 'flag') return `c${at}[i] === 1`;
  if (kind === 'few') return `c${at}.texts[c${at}.numbers[i]]`;
  return kind === 'number' || kind === 'string' ? `c${at}[i]` : `c${at}`;
}

function readSlowly(keys: readonly string[], kinds: readonly ColumnKind[]): Reader {
  return (objects, columns) => {
    const typeNames = kinds.map((kind) => (kind === 'flag' ? 'boolean' : kind));
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] as string;
      const column = columns[at] as unknown[] | null | undefined;
      for (let i = 0; i < objects.length; i++) {
        const value = objects[i]?.[key];
        if (column === null || column === undefined) {
          if (value !== column) return false;
        } else {
          // oxlint-disable-next-line valid-typeof
          if (typeof value !== typeNames[at]) return false;
          column[i] = kinds[at] === 'flag' ? Number(value) : value;
        }
      }
    }
    return true;
  };
}

function writeSlowly({ keys, areArrays, kinds }: Shape): Writer {
  return (columns, count) => {
    const objects: Row[] = [];
    for (let i = 0; i < count; i++) {
      // The keys of an array are its indices.
      const object = (areArrays ? [] : {}) as Row;
      keys.forEach((key, at) => {
        const column = columns[at];
        const kind = kinds[at];
        if (kind === 'flag') object[key] = (column as Uint8Array)[i] === 1;
        else if (kind === 'few')
          object[key] = (column as FewTexts).texts[(column as FewTexts).numbers[i] as number];
        else if (kind === 'number' || kind === 'string') object[key] = (column as ArrayLike<unknown>)[i];
        else object[key] = column;
      });
      objects.push(object);
    }
    return objects;
  };
}
