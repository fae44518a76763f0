/**
 * Converts CSV to NDJSON on all cores; compressed files by their names. Numbers and booleans become what they are:
 *
 *     node dist/examples/csv-to-ndjson.js <input.csv | pattern | -> <output.ndjson | -> [--delimiter ';'] [--rejects file]
 *
 * Exits with 1 when some rows were malformed: each is told on stderr, or kept in the file of `--rejects`.
 */
import { parseArgs } from 'node:util';
import { type CsvOptions, csv, toNdjson } from 'telar/files';
import { InterruptError, pipeline } from 'telar';

const USAGE =
  'Usage: csv-to-ndjson <input.csv | pattern | -> <output.ndjson | -> [--delimiter c] [--rejects file]\n';

type Value = string | number | boolean | null;

/** Converts fields: only numbers that mean the same as text become numbers, so that `007` stays what it is. */
function convert(row: Record<string, string>): Record<string, Value> {
  const converted: Record<string, Value> = {};
  for (const [name, text] of Object.entries(row)) {
    const number = Number(text);
    if (text === '') converted[name] = null;
    else if (text === 'true' || text === 'false') converted[name] = text === 'true';
    else converted[name] = String(number) === text ? number : text;
  }
  return converted;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { delimiter: { type: 'string' }, rejects: { type: 'string' } },
  });
  const [input, output] = positionals;
  if (input === undefined || output === undefined || positionals.length > 2) {
    process.stderr.write(USAGE);
    return 2;
  }
  const options: CsvOptions = values.delimiter === undefined ? {} : { delimiter: values.delimiter };
  const rejects =
    values.rejects === undefined
      ? ({ error }: { error: Error }) => process.stderr.write(`${error.message}\n`)
      : toNdjson(values.rejects);
  const summary = await pipeline(csv(input === '-' ? process.stdin : input, options))
    .cpu(convert)
    .onError(rejects)
    .to(toNdjson(output === '-' ? process.stdout : output), { signals: true });
  const { items, failed, elapsed } = summary;
  process.stderr.write(`${items - failed} rows in ${(elapsed / 1000).toFixed(2)} s, ${failed} malformed\n`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (thrown) {
  process.stderr.write(`${(thrown as Error).message}\n`);
  // After a signal it is 130 or 143 already.
  if (!(thrown instanceof InterruptError)) process.exitCode = 2;
}
