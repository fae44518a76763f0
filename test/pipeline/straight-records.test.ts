import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type ByteSource, csv, lines, ndjson } from 'telar/files';
import { type DeadLetter, pipeline, skip, stop } from 'telar';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { usePool } from '../harness/pool.ts';
import { assertProperty } from '../harness/random.ts';

census();
const pool = usePool();

/** Kinds of outcomes that a task has for a record, by where the record begins. */
const KINDS = 13;

function act(record: unknown, index: number): unknown {
  switch (index % KINDS) {
    case 0:
      throw new RangeError(`at ${index}`);
    case 1:
      return skip;
    case 2:
      return Promise.resolve([index, record]);
    case 3:
      return (function* () {
        yield [index, record];
        yield skip;
        yield [index, 'twice'];
      })();
    case 4:
      return Promise.reject(new RangeError(`later, at ${index}`));
    case 5:
      return Promise.resolve(skip);
    default:
      return [index, record];
  }
}

/** Makes a task that gives some records, and ends the run at one of those from a byte on. */
function actUntil(last: number): (record: unknown, index: number) => unknown {
  return (record, index) => (index >= last ? stop : index % KINDS > 5 ? [index, record] : skip);
}

const sources: Readonly<Record<string, (text: Buffer) => ByteSource<unknown>>> = {
  lines: (text) => lines(text),
  ndjson: (text) => ndjson(text),
  csv: (text) => csv(text, { columns: ['a', 'b'] }),
  'csv as arrays': (text) => csv(text, { header: false }),
  'lines of windows-1252': (text) => lines(text, { encoding: 'windows-1252' }),
  'lines of UTF-16': (text) => lines(Buffer.from(text.toString(), 'utf16le'), { encoding: 'utf-16le' }),
};

const line = fc.oneof(
  { arbitrary: fc.nat(999).map((n) => `"plain, ${n}"`), weight: 8 },
  { arbitrary: fc.nat(999).map((n) => `"${'x'.repeat(n)}",${n}`), weight: 3 },
  { arbitrary: fc.nat(999).map((n) => `[${n},"é€"]`), weight: 2 },
  { arbitrary: fc.nat(999).map((n) => `${n},${n}`), weight: 2 },
  fc.constantFrom('', ' ', '{"a":', '"two\nlines",1', '"",""', '\r', '{"a":1}', 'a"b,c', '"open'),
);
const end = fc.constantFrom('\n', '\n', '\n', '\r\n');
/** Some 100 KB: the text of several stretches, and many times the records behind which all are run straight. */
const text = fc.array(fc.tuple(line, end), { minLength: 20, maxLength: 40 }).map((parts) =>
  Buffer.from(
    parts
      .map((part) => part.join(''))
      .join('')
      .repeat(24),
  ),
);

interface Outcome {
  readonly results: readonly unknown[];
  readonly letters: readonly string[];
}

/** Runs a task on its own, or behind a stage that changes nothing: more than one stage is another way for records. */
async function run(
  source: ByteSource<unknown>,
  task: (record: unknown, index: number) => unknown,
  isAlone: boolean,
): Promise<Outcome> {
  const letters: string[] = [];
  const tell = ({ item, error }: DeadLetter): void => {
    letters.push(`${String(item)}: ${error.name}: ${error.message.replace(/stage \d+/, 'stage')}`);
  };
  const staged = isAlone ? pipeline(source) : pipeline(source).cpu((record) => record);
  const results = await staged.cpu(task).onError(tell).toArray({ pool });
  return { results, letters: letters.toSorted() };
}

describe('records through one stage', () => {
  for (const [name, open] of Object.entries(sources)) {
    it(`come out as they do of two: ${name}`, async () => {
      const property = fc.asyncProperty(text, async (bytes) => {
        const alone = await run(open(bytes), act, true);
        assert.ok(alone.results.length > 20);
        assert.deepEqual(alone, await run(open(bytes), act, false));
      });
      await assertProperty(property, { numRuns: sample(1, 40), seed: 61 });
    });
  }

  it('end where one says so', async () => {
    const bytes = Buffer.from(Array.from({ length: 9000 }, (_, n) => `{"n":${n}}\n`).join(''));
    for (const last of [0, 500, 70_000]) {
      const alone = await run(ndjson(bytes), actUntil(last), true);
      assert.deepEqual(alone, await run(ndjson(bytes), actUntil(last), false));
      assert.ok(alone.results.length <= last / 6);
    }
  });

  it('are told by their place where one fails the run', async () => {
    const bytes = Buffer.from(Array.from({ length: 9000 }, (_, n) => `{"n":${n}}\n`).join(''));
    const fail = ({ n }: { n: number }): number => {
      if (n === 7654) throw new RangeError('this one');
      return n;
    };
    await assert.rejects(pipeline(ndjson<{ n: number }>(bytes)).cpu(fail).toArray({ pool }), {
      name: 'TaskError',
      message: /7655/,
    });
  });
});
