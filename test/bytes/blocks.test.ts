import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { csv, ndjson } from '../../src/files.ts';
import { blocks, type ByteSource } from '../../src/bytes/source.ts';
import { createDecoder } from '../../src/bytes/decode/create-decoder.ts';
import { END } from '../../src/bytes/decode/decoder.ts';
import { census } from '../census.ts';

census();

/** Reads a source in blocks of about this size, as a pipeline does. */
async function readBlocks(
  source: ByteSource<unknown>,
  size: number,
): Promise<{ records: unknown[]; sizes: number[] }> {
  const { format, open } = source[blocks];
  const decode = createDecoder(format);
  const reader = open();
  const records: unknown[] = [];
  const sizes: number[] = [];
  for (let block = await reader.read(size); block !== undefined; block = await reader.read(size)) {
    const decoder = decode(block);
    for (let record = decoder.next(); record !== END; record = decoder.next()) records.push(record);
    sizes.push(block.bytes.length);
    reader.release(block);
  }
  await reader.close();
  return { records, sizes };
}

describe('blocks', () => {
  it('hold whole records, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 30 }),
        fc.integer({ min: 1, max: 200 }),
        async (values, size) => {
          const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
          const { records } = await readBlocks(ndjson(Buffer.from(text)), size);
          assert.deepEqual(
            records,
            values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('of CSV are never cut within quotes', async () => {
    const field = fc.constantFrom('a', 'b,c', 'two\nlines', '"', '""', 'x"y', '\r\n', '');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 60 }),
        async (rows, size) => {
          const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
          const text = rows.map((row) => `${row.map(quote).join(',')}\n`).join('');
          const { records } = await readBlocks(csv(Buffer.from(text), { header: false }), size);
          assert.deepEqual(records, rows);
        },
      ),
      { numRuns: 100 },
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
