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
}

type Row = Record<string, unknown>;

/** A field of a row: its name, and its place among all fields. */
interface Field {
  readonly name: string;
  readonly at: number;
}

const forms = new Map<string, RowForm>();
const MOST_FORMS = 64;
/** The most fields for which the code of a line is written out. */
const MOST_WRITTEN = 256;
/** A place behind the end of the longest text: no delimiter is left. */
const NOWHERE = 2 ** 30 - 1;

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
  return { cut: (text, from, to) => text.slice(from, to).split(delimiter), make: (fields) => fields };
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
  return { make, cut: cut ?? cutSlowly(columns.length, delimiter, make) };
}

function compile<T>(parameters: readonly string[], body: string): T | undefined {
  try {
    // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval
    return new Function(...parameters, body) as T;
  } catch {
    // Code from strings is forbidden with `--disallow-code-generation-from-strings`.
    return undefined;
  }
}

/** Writes the code of a row. `list` is an array of the fields; else each is in a variable of its own. */
function writeRow(fields: readonly Field[], list?: string): string {
  const properties = fields.map(({ name, at }) => {
    const key = JSON.stringify(name);
    // The name `__proto__` is a property like any other only when it stands in brackets.
    const place = name === '__proto__' ? `[${key}]` : key;
    return `${place}:${list === undefined ? `v${at}` : `${list}[${at}]`}`;
  });
  return `{${properties.join(',')}}`;
}

/**
 * Writes the code that goes through a line from delimiter to delimiter: `t` is the text, `e` the end of the line, `a`
 * the place behind the last delimiter, `b` that of the next, and `s` what is known of it.
 */
function compileCut(count: number, delimiter: string, fields: readonly Field[]): RowForm['cut'] | undefined {
  const search = `b=t.indexOf(${JSON.stringify(delimiter)},a);if(b<0)b=${NOWHERE};`;
  const fail = '{s.delimiter=b;return undefined}';
  const step = `if(b>=e)${fail}`;
  const wanted = fields.map(({ at }) => at).sort((left, right) => left - right);
  let body = `var b=s.delimiter;if(b<a){${search}}`;
  let next = 0;
  const pass = (until: number): void => {
    const passed = until - next;
    const code = `${step}a=b+1;${search}`;
    body += passed > 4 ? `for(var i=0;i<${passed};i++){${code}}` : code.repeat(passed);
    next = until;
  };
  for (const at of wanted) {
    if (at === count - 1) continue;
    pass(at);
    body += `${step}var v${at}=t.slice(a,b);a=b+1;${search}`;
    next++;
  }
  pass(count - 1);
  body += `if(b<e)${fail}s.delimiter=b;`;
  if (wanted.at(-1) === count - 1) body += `var v${count - 1}=t.slice(a,e);`;
  return compile<RowForm['cut']>(['t', 'a', 'e', 's'], `${body}return ${writeRow(fields)}`);
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
