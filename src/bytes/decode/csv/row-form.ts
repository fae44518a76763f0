import { compile, type Field, writeCut, writeRow } from './row-code.ts';
import { compileLoop, type RowLoop } from './row-loop.ts';

/** Memory of the searches for delimiters in one text. */
export interface Searched {
  /**
   * Place of a delimiter that a search has found at last: the first one behind all places from which searches began. A
   * place before the next line says nothing.
   */
  delimiter: number;
}

/** The way from the text of a row to the row. */
export interface RowForm {
  /**
   * Makes a row of a line without quotes, which stands in a text from one place up to another; `undefined` where the
   * line has another number of fields. The search that finds the end of a line finds the first delimiter of the next.
   */
  readonly cut: (text: string, from: number, to: number, searched: Searched) => unknown;
  /** Makes a row of its fields. */
  readonly make: (fields: readonly unknown[]) => unknown;
  /** Reads the rows of many lines; `undefined` where these are read one by one. */
  readonly loop: RowLoop | undefined;
}

type Row = Record<string, unknown>;

const forms = new Map<string, RowForm>();
const MOST_FORMS = 64;
/** The most fields for which the code of a line is written out. */
const MOST_WRITTEN = 256;

/**
 * Finds the form of rows with these columns. It is compiled from code, so that V8 knows the shape of the rows and cuts
 * each field where it stands: `split` and a loop over the names take three to five times as long, and serve where code
 * from strings is forbidden. Names appear in the code as JSON only.
 *
 * @param names - Names of the fields that rows are to have, in this order; those that are no columns are passed over.
 *   `undefined` for all.
 */
export function findRowForm(
  columns: readonly string[],
  delimiter: string,
  names: readonly string[] | undefined,
): RowForm {
  const key = JSON.stringify([columns, delimiter, names]);
  const known = forms.get(key);
  if (known !== undefined) return known;
  const form = createForm(columns, delimiter, names ?? columns);
  if (forms.size >= MOST_FORMS) forms.clear();
  forms.set(key, form);
  return form;
}

/** Creates the form of rows that are arrays of all their fields. */
export function createArrayForm(delimiter: string): RowForm {
  return {
    cut: (text, from, to) => text.slice(from, to).split(delimiter),
    make: (fields) => fields,
    loop: undefined,
  };
}

function createForm(columns: readonly string[], delimiter: string, names: readonly string[]): RowForm {
  const places = new Map(columns.map((name, at) => [name, at]));
  const fields = names.flatMap((name): Field[] => {
    const at = places.get(name);
    return at === undefined ? [] : [{ name, at }];
  });
  const make = compile<RowForm['make']>(['f'], `return ${writeRow(fields, 'f')}`) ?? makeSlowly(fields);
  const isWritten = columns.length > 0 && fields.length <= MOST_WRITTEN;
  const cut = isWritten ? compileCut(columns.length, delimiter, fields) : undefined;
  const loop = isWritten ? compileLoop(columns.length, delimiter, fields) : undefined;
  return { make, cut: cut ?? cutSlowly(columns.length, delimiter, make), loop };
}

/** Compiles the way through a line: `s` is what is known of its delimiters. */
function compileCut(count: number, delimiter: string, fields: readonly Field[]): RowForm['cut'] | undefined {
  const cut = writeCut(count, delimiter, fields, '{s.delimiter=b;return undefined}');
  return compile<RowForm['cut']>(
    ['t', 'a', 'e', 's'],
    `var b=s.delimiter;${cut}s.delimiter=b;return ${writeRow(fields)}`,
  );
}

function cutSlowly(count: number, delimiter: string, make: RowForm['make']): RowForm['cut'] {
  return (text, from, to) => {
    const fields = text.slice(from, to).split(delimiter);
    return fields.length === count ? make(fields) : undefined;
  };
}

function makeSlowly(fields: readonly Field[]): RowForm['make'] {
  return (values) => {
    const row: Row = {};
    for (const { name, at } of fields) {
      if (name === '__proto__') {
        Object.defineProperty(row, name, {
          value: values[at],
          enumerable: true,
          writable: true,
          configurable: true,
        });
      } else row[name] = values[at];
    }
    return row;
  };
}
