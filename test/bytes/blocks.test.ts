import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { csv, ndjson } from 'telar/files';
import { blocks, type ByteSource } from '../../src/bytes/source.ts';
import { census } from '../census.ts';
import { readBlocks } from '../harness/read-blocks.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();

/** Records, and what is to be known of those that are none. */
async function read(source: ByteSource<unknown>, size: number): Promise<unknown[]> {
  return (await readBlocks(source, size)).outcomes.map(([, outcome]) => outcome);
}

describe('blocks', () => {
  it('hold whole records, whatever their size', async () => {
    await assertProperty(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 30 }),
        fc.integer({ min: 1, max: 200 }),
        async (values, size) => {
          const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
          const records = await read(ndjson(Buffer.from(text)), size);
          assert.deepEqual(
            records,
            values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
          );
        },
      ),
      { seed: 1, numRuns: sample(100, 1000) },
    );
  });

  it('of CSV are never cut within quotes', async () => {
    const field = fc.constantFrom('a', 'b,c', 'two\nlines', '"', '""', 'x"y', '\r\n', '');
    await assertProperty(
      fc.asyncProperty(
        fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 60 }),
        async (rows, size) => {
          const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
          const text = rows.map((row) => `${row.map(quote).join(',')}\n`).join('');
          const records = await read(csv(Buffer.from(text), { header: false }), size);
          assert.deepEqual(records, rows);
        },
      ),
      { seed: 2, numRuns: sample(100, 1000) },
    );
  });

  it('of CSV give the same records and failures at any size, however broken the text', async () => {
    const piece = fc.constantFrom(
      '"',
      '""',
      ',',
      '\n',
      'a',
      '"x\ny"',
      ',"',
      '",',
      '\r\n',
      '"7"x',
      '\ufeff',
      '\xff',
    );
    await assertProperty(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 25 }),
        fc.integer({ min: 1, max: 40 }),
        async (pieces, size) => {
          const text = Buffer.concat(
            pieces.map((one) => Buffer.from(one, one === '\xff' ? 'latin1' : 'utf8')),
          );
          const source = csv(text, { header: false });
          assert.deepEqual(await read(source, size), await read(source, 10_000));
        },
      ),
      { seed: 3, numRuns: sample(1000, 10_000) },
    );
  });

  it('are of about the size that is asked for, and use the same memory again', async () => {
    const text = Array.from({ length: 10_000 }, (_, n) => `{"n":${n}}\n`).join('');
    const { sizes } = await readBlocks(ndjson(Buffer.from(text)), 10_000);
    assert.ok(sizes.slice(0, -1).every((size) => size > 9900 && size <= 10_000));
    const reader = ndjson(Buffer.from(text))[blocks].open();
    const memories = new Set<unknown>();
    for (let block = await reader.read(10_000); block !== undefined; block = await reader.read(10_000)) {
      memories.add(block.bytes.buffer);
      reader.release(block);
    }
    await reader.close();
    assert.ok(memories.size <= 3, `${memories.size} memories`);
  });
});
