import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { csv } from 'telar/files';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { type BlocksRead, readBlocks } from '../../harness/read-blocks.ts';
import { type CsvOutcome, parseCsv } from './reference-csv.ts';
import { openText, sizes, writings } from './texts.ts';
import { assertProperty } from '../../harness/random.ts';

census();

const LARGEST = 16 * 1024 * 1024;
/** A quote that does not close within so many bytes is given up in a stream. */
const givesUpAt = (maxRecordBytes: number): number => Math.max(maxRecordBytes, 64 * 1024) + 8;

const dialect = {
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  quote: fc.constantFrom('"', '"', "'", false as const),
};
const form = fc.constantFrom<{ header?: boolean; columns?: string[] }>(
  {},
  { header: false },
  { columns: ['a', 'b'] },
  { columns: ['a', '', 'c'], header: true },
);

function outcomesOf({ outcomes }: BlocksRead): CsvOutcome[] {
  return outcomes.map((outcome) =>
    outcome[0] === 'record' ? outcome : (['malformed', outcome[1].line] as const),
  );
}

/** A malformed row may be told of with a line behind its first one: where in it something is wrong. */
function withoutLines(outcomes: readonly CsvOutcome[]): unknown[] {
  return outcomes.map((outcome) => (outcome[0] === 'record' ? outcome : 'malformed'));
}

describe('csv', () => {
  it('gives what a plain reading of RFC 4180 gives, with every option, encoding and size of blocks', async () => {
    const piece = fc.oneof(
      {
        weight: 40,
        arbitrary: fc.constantFrom('Q', 'QQ', 'D', '\n', 'a', 'b c', '€', 'QxD\nyQ', 'DQ', 'QD'),
      },
      {
        weight: 12,
        arbitrary: fc.constantFrom('\r\n', 'Q7Qx', ' ', '"', "'", '\n\n', 'x'.repeat(60), 'aDb\n'),
      },
      { weight: 4, arbitrary: fc.constantFrom('\r', 'Q\r', '1D2\r') },
    );
    const lines = `${'y'.repeat(999)}\n`.repeat(70);
    const fillers = [`Q${lines}`, `Q${lines}Q\n`, 'z'.repeat(70_000)];
    const long = fc.nat(200).map((at) => (at < fillers.length ? at : undefined));
    const property = fc.asyncProperty(
      fc.array(piece, { maxLength: 30 }),
      long,
      fc.record(dialect),
      form,
      fc.constantFrom(LARGEST, LARGEST, 3, 12, 70_000),
      fc.constantFrom(...writings),
      sizes,
      async (pieces, filler, { delimiter, quote }, { header, columns }, maxRecordBytes, written, size) => {
        const text = pieces
          .toSpliced(pieces.length / 2, 0, filler === undefined ? '' : (fillers[filler] as string))
          .join('')
          .replaceAll('Q', quote === false ? '"' : quote)
          .replaceAll('D', delimiter);
        const bytes = written.write(text);
        const options = {
          delimiter,
          quote,
          maxRecordBytes,
          compression: 'none',
          ...(header === undefined ? {} : { header }),
          ...(columns === undefined ? {} : { columns }),
          ...(written.encoding === undefined ? {} : { encoding: written.encoding }),
        } as const;
        const read = (block: number): Promise<BlocksRead> =>
          readBlocks(csv(openText(bytes, size), options), block);
        let expected: CsvOutcome[];
        try {
          expected = parseCsv(text, {
            delimiter,
            quote,
            header: header ?? columns === undefined,
            columns,
            maxRecordBytes,
            measure: (some) => written.write(some).length - written.write('').length,
            giveUpAt: size.pieces === undefined ? Infinity : givesUpAt(maxRecordBytes),
            shownBy: givesUpAt(maxRecordBytes) / (written.write('aa').length - written.write('a').length),
          });
        } catch {
          await assert.rejects(read(size.block));
          return;
        }
        const found = await read(size.block);
        assert.deepEqual(withoutLines(outcomesOf(found)), withoutLines(expected));
        for (const [at, [kind, outcome]] of found.outcomes.entries()) {
          if (kind === 'malformed' && /^(expected \d+ fields|longer)/.test(outcome.message))
            assert.equal(outcome.line, expected[at]?.[1]);
        }
        assert.deepEqual((await read(1_048_576)).outcomes, found.outcomes);
      },
    );
    await assertProperty(property, { numRuns: sample(150, 60_000), seed: 4180 });
  });

  it('gives what csv-parse gives for tables that are written in any way', async () => {
    const field = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('', ' ', 'aDb', 'say Qhi', 'two\nlines', 'cr\r\nlf', 'ü🧵', '\ufeff', 'Q', 'QQ'),
    );
    const row = fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fc.record({ ...dialect, quote: fc.constantFrom('"', "'") }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      sizes,
      async (rows, { delimiter, quote }, lineEnd, isEnded, size) => {
        const writeField = ([given, isQuoted]: readonly [string, boolean]): string => {
          const value = given.replaceAll('Q', quote).replaceAll('D', delimiter);
          const must = value.includes(delimiter) || value.includes(quote) || /[\r\n\ufeff]|^$/.test(value);
          return isQuoted || must ? quote + value.replaceAll(quote, quote + quote) + quote : value;
        };
        const written = rows.map((fields) => fields.map(writeField).join(delimiter));
        const text = written.join(lineEnd) + (isEnded ? lineEnd : '');
        const isLone =
          lineEnd === '\r' && text.replaceAll(/[^\r]/g, '') !== '' && (isEnded || rows.length > 1);
        const expected: unknown = parse(text, {
          delimiter,
          quote,
          escape: quote,
          relax_column_count: true,
          skip_empty_lines: true,
          record_delimiter: isLone ? ['\r'] : ['\n', '\r\n'],
        });
        const source = csv(openText(Buffer.from(text), size), {
          header: false,
          delimiter,
          quote,
          compression: 'none',
        });
        const { outcomes } = await readBlocks(source, size.block);
        assert.deepEqual(
          outcomes.map(([, outcome]) => outcome),
          expected,
        );
      },
    );
    await assertProperty(property, { numRuns: sample(100, 40_000), seed: 7 });
  });
});
