import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { LineSplitter } from '../../../src/io/tail/line-splitter.ts';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { assertProperty } from '../../harness/random.ts';

census();

/** Through memory that is used again, as that of a file is. */
function splitAll(bytes: Buffer, sizes: readonly number[], most: number): string[] {
  const splitter = new LineSplitter(most);
  const lines: string[] = [];
  for (let from = 0, turn = 0; from < bytes.length; turn++) {
    const piece = Buffer.from(bytes.subarray(from, from + (sizes[turn % sizes.length] as number)));
    from += piece.length;
    lines.push(...splitter.split(piece));
    piece.fill(33);
  }
  lines.push(...splitter.end());
  return lines;
}

const line = fc.string({ unit: fc.constantFrom('a', 'ü', '€', '🧵', '\r', ' ') });
const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });

describe('a line splitter', () => {
  it('gives the lines, however the bytes are cut', () => {
    assertProperty(
      fc.property(fc.array(line), sizes, (lines, cuts) => {
        const expected = lines.map((each) => each.replace(/\r$/, ''));
        const text = lines.map((each) => `${each}\n`).join('');
        assert.deepEqual(splitAll(Buffer.from(text), cuts, 1000), expected);
      }),
      { seed: 1, numRuns: sample(100, 1000) },
    );
  });

  it('gives longer lines in pieces of whole characters, and no more pieces than there is text', () => {
    assertProperty(
      fc.property(
        line,
        fc.constantFrom('\n', '\r\n'),
        sizes,
        fc.integer({ min: 1, max: 9 }),
        (text, end, cuts, most) => {
          const expected = `${text}${end}`.replace(/\r?\n$/, '');
          const pieces = splitAll(Buffer.from(`${text}${end}`), cuts, most);
          assert.equal(pieces.join(''), expected);
          if (expected === '') assert.deepEqual(pieces, ['']);
          else assert.ok(pieces.every((piece) => piece !== ''));
        },
      ),
      { seed: 2, numRuns: sample(1000, 10_000) },
    );
  });
});
