/** All questions about the table of sales, in SQL and without an index. */
import { importEngine } from '../../peers/table-engines.ts';
import { type Question, TOP, writeTop } from '../folds/result.ts';
import { runWork } from '../run-work.ts';
import { checkLetters, COUNTRY, LEAST, type Transform } from '../transform/question.ts';

interface Vector {
  getItem(row: number): string;
  setItem(row: number, value: string): void;
  flush(): void;
}
interface Chunk {
  readonly rowCount: number;
  getColumnVector(column: number): Vector;
}
interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
  registerScalarFunction(fn: unknown): void;
}
interface DuckDB {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
  readonly DuckDBScalarFunction: { create(options: object): unknown };
  readonly VARCHAR: unknown;
}

const { DuckDBInstance, DuckDBScalarFunction, VARCHAR } = importEngine('duckdb') as DuckDB;
const [question, customers = ''] = process.argv.slice(4) as [Question | Transform, string?];

await runWork(async (from, to) => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const texts = `read_csv('${from}', all_varchar = true)`;
  const typed = `read_csv('${from}', types = { 'amount': 'DOUBLE' })`;
  const sums = (key: string, table: string): string =>
    `SELECT line FROM (SELECT ${key} || ',' || round(sum(amount) * 100)::BIGINT AS line FROM ${table} GROUP BY ${key}) ORDER BY line`;
  const queries: Readonly<Record<Question | Transform, string>> = {
    cities: sums('city', typed),
    people: sums('email', typed),
    top: `SELECT amount FROM ${typed} ORDER BY amount DESC LIMIT ${TOP}`,
    distinct: `SELECT count(DISTINCT email) FROM ${texts}`,
    filter: `SELECT id || ',' || city || ',' || amount FROM ${texts} WHERE country = '${COUNTRY}' AND amount::DOUBLE >= ${LEAST}`,
    own: `SELECT id || ',' || check_letters(email, date) FROM ${texts}`,
    join: sums('segment', `${typed} JOIN read_csv('${customers}') USING (email)`),
  };
  if (question === 'own') registerCheck(connection);
  if (question === 'top' || question === 'distinct') {
    const rows = (await connection.runAndReadAll(queries[question])).getRows();
    writeTop(
      to,
      rows.map(([value]) => Number(value)),
    );
    return;
  }
  await connection.run(`COPY (${queries[question]}) TO '${to}' (HEADER false, DELIMITER '|', QUOTE '')`);
});

/** A function of JavaScript, which DuckDB calls on the main thread, for some 2,000 rows at once. */
function registerCheck(connection: Connection): void {
  const mainFunction = (_info: unknown, input: Chunk, output: Vector): void => {
    const [email, date] = [input.getColumnVector(0), input.getColumnVector(1)];
    for (let row = 0; row < input.rowCount; row++) {
      output.setItem(row, checkLetters(email.getItem(row), date.getItem(row)));
    }
    output.flush();
  };
  const parameterTypes = [VARCHAR, VARCHAR];
  const check = { name: 'check_letters', mainFunction, returnType: VARCHAR, parameterTypes };
  connection.registerScalarFunction(DuckDBScalarFunction.create(check));
}
