import { describeValue } from '../../../errors/describe.ts';
import { assertStatementText, takeParameter } from '../table/assert-text.ts';

/** A piece of SQL with values, made by the tag `sql`. */
export interface Sql {
  readonly text: readonly string[];
  readonly values: readonly unknown[];
}

/** Pieces that `sql` made: texts of others are refused, since nobody knows where they come from. */
const made = new WeakSet<object>();

/**
 * Makes a piece of SQL, in which `${value}` is a parameter, never text; another piece is put in as it is.
 *
 * @example
 * ```ts
 * insertInto(url, 'users', {
 *   conflict: {
 *     on: ['id'],
 *     update: { name: sql`EXCLUDED.name`, changed: sql`now()` },
 *     where: sql`users.name IS DISTINCT FROM EXCLUDED.name AND users.version < ${version}`,
 *   },
 * });
 * ```
 */
export function sql(text: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  for (const part of text) assertStatementText(part, 'the text of sql`…`');
  const texts: string[] = [text[0] ?? ''];
  const parameters: unknown[] = [];
  for (const [at, value] of values.entries()) {
    const next = text[at + 1] ?? '';
    if (isSql(value)) {
      texts[texts.length - 1] += value.text[0] ?? '';
      parameters.push(...value.values);
      texts.push(...value.text.slice(1));
      texts[texts.length - 1] += next;
    } else {
      parameters.push(takeParameter(value, 'a value in sql`…`'));
      texts.push(next);
    }
  }
  const piece: Sql = Object.freeze({ text: Object.freeze(texts), values: Object.freeze(parameters) });
  made.add(piece);
  return piece;
}

export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && made.has(value);
}

export function assertSql(value: unknown, name: string): asserts value is Sql {
  if (isSql(value)) return;
  throw new TypeError(
    `Expected \`${name}\` to be a piece of SQL, such as sql\`now()\` with the tag \`sql\` of telar/postgres, got ${describeValue(value)}.`,
  );
}

/**
 * Writes the text of a piece with `$1`, `$2`, … in the place of the values, which are added to the parameters that
 * there are.
 */
export function writeSql({ text, values }: Sql, parameters: unknown[]): string {
  return text.reduce((before, after, at) => {
    parameters.push(values[at - 1]);
    return `${before}$${parameters.length}${after}`;
  });
}
