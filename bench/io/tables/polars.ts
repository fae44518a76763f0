/** All questions about the table of sales, by lazy frames. */
import { writeFileSync } from 'node:fs';
import { importEngine } from '../../peers/table-engines.ts';
import { type Question, TOP, writeSums, writeTop } from '../folds/result.ts';
import { runWork } from '../run-work.ts';
import { checkLetters, COUNTRY, LEAST, type Transform } from '../transform/question.ts';

interface Expression {
  sum(): Expression;
  nUnique(): Expression;
  cast(type: unknown): Expression;
  eq(value: unknown): Expression;
  gtEq(value: unknown): Expression;
  and(other: Expression): Expression;
}
interface Frame {
  rows(): unknown[][];
  getColumn(name: string): { toArray(): unknown[] };
  writeCSV(path: string, options: object): void;
}
interface Lazy {
  filter(expression: Expression): Lazy;
  select(...columns: (string | Expression)[]): Lazy;
  groupBy(column: string): { agg(expression: Expression): Lazy };
  join(other: Lazy, options: object): Lazy;
  sort(by: Expression, descending: boolean): Lazy;
  head(count: number): Lazy;
  collect(): Promise<Frame>;
}
interface Polars {
  scanCSV(path: string, options?: object): Lazy;
  col(name: string): Expression;
  lit(value: unknown): Expression;
  readonly Float64: unknown;
}

const pl = importEngine('polars') as Polars;
const [question, customers = ''] = process.argv.slice(4) as [Question | Transform, string?];

await runWork(async (from, to) => {
  const typed = pl.scanCSV(from);
  // Without types all fields are texts, which are written as they were.
  const texts = pl.scanCSV(from, { inferSchemaLength: 0 });
  const sumBy = async (lazy: Lazy, key: string): Promise<void> => {
    const frame = await lazy.groupBy(key).agg(pl.col('amount').sum()).collect();
    writeSums(to, frame.rows() as [string, number][]);
  };
  switch (question) {
    case 'cities':
      return sumBy(typed, 'city');
    case 'people':
      return sumBy(typed, 'email');
    case 'join':
      return sumBy(typed.join(pl.scanCSV(customers), { on: 'email', how: 'inner' }), 'segment');
    case 'top': {
      const frame = await typed.select('amount').sort(pl.col('amount'), true).head(TOP).collect();
      return writeTop(to, frame.getColumn('amount').toArray() as number[]);
    }
    case 'distinct': {
      const frame = await typed.select(pl.col('email').nUnique()).collect();
      return writeFileSync(to, String(frame.rows()[0]?.[0]));
    }
    case 'filter': {
      const isLarge = pl.col('amount').cast(pl.Float64).gtEq(LEAST);
      const kept = texts
        .filter(pl.col('country').eq(pl.lit(COUNTRY)).and(isLarge))
        .select('id', 'city', 'amount');
      return (await kept.collect()).writeCSV(to, { includeHeader: false });
    }
    case 'own': {
      const frame = await texts.select('id', 'email', 'date').collect();
      const lines = (frame.rows() as [string, string, string][]).map(
        ([id, email, date]) => `${id},${checkLetters(email, date)}\n`,
      );
      return writeFileSync(to, lines.join(''));
    }
  }
});
