/** A field of a row: its name, and its place among all fields. */
export interface Field {
  readonly name: string;
  readonly at: number;
}

/** A place behind the end of the longest text: no delimiter, or quote, is left. */
export const NOWHERE: number = 2 ** 30 - 1;

export function compile<T>(parameters: readonly string[], body: string): T | undefined {
  try {
    // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval
    return new Function(...parameters, body) as T;
  } catch {
    // Code from strings is forbidden with `--disallow-code-generation-from-strings`.
    return undefined;
  }
}

/**
 * Writes the code of a row. Names appear in it as JSON only. `list` is an array of the fields; else each is in a variable
 * of its own.
 */
export function writeRow(fields: readonly Field[], list?: string): string {
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
 * the place behind the last delimiter, and `b` that of the next, as far as that is known.
 *
 * @param fail - Code for a line with another number of fields.
 */
export function writeCut(count: number, delimiter: string, fields: readonly Field[], fail: string): string {
  const search = `b=t.indexOf(${JSON.stringify(delimiter)},a);if(b<0)b=${NOWHERE};`;
  const step = `if(b>=e)${fail}`;
  const wanted = fields.map(({ at }) => at).sort((left, right) => left - right);
  let body = `if(b<a){${search}}`;
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
  body += `if(b<e)${fail}`;
  if (wanted.at(-1) === count - 1) body += `var v${count - 1}=t.slice(a,e);`;
  return body;
}
