import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { makeCut } from '../../src/bytes/read/cutting/cut.ts';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();

/** Cuts as the tested function does, written as plainly as it can be. */
function cutPlainly(text: string): number {
  let boundary = 0;
  let isQuoted = false;
  let isStart = true;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted) {
      if (character !== '"') continue;
      if (text[at + 1] === '"') at++;
      else isQuoted = false;
    } else if (character === '\n') {
      boundary = at + 1;
      isStart = true;
    } else {
      isQuoted = character === '"' && isStart;
      isStart = character === ',';
    }
  }
  return boundary;
}

describe('the cut of CSV', () => {
  const cut = makeCut({ quote: 34, delimiter: 44 }, { size: 1, isSwapped: false });
  const piece = fc.constantFrom('"', '""', ',', '\n', 'a', 'bc'.repeat(40), '"x\ny"', ',"', '",');

  it('is where a plain reading has it, with quotes sparse or dense', () => {
    assertProperty(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        const bytes = Buffer.from(text);
        assert.equal(cut(bytes, 0, bytes.length), cutPlainly(text));
        // What stands behind the end must not count.
        assert.equal(cut(Buffer.concat([bytes, Buffer.from('"\n,"')]), 0, bytes.length), cutPlainly(text));
      }),
      { seed: 1, numRuns: sample(2000, 20_000) },
    );
  });

  it('sees a quote behind a byte order mark as the start of a field', () => {
    const bytes = Buffer.from('\ufeff"a\nb",c\n"');
    assert.equal(cut(bytes, 3, bytes.length), bytes.length - 1);
    const open = Buffer.from('\ufeff"a\n');
    assert.equal(cut(open, 3, open.length), 0);
    // Elsewhere it is text, and so is the quote behind it.
    assert.equal(cut(open, 0, open.length), open.length);
    const long = Buffer.from(`\ufeff"a\nb",${'c'.repeat(1000)}\nx`);
    assert.equal(cut(long, 3, long.length), long.length - 1);
  });
});

describe('the cut of lines', () => {
  const cut = makeCut(undefined, { size: 1, isSwapped: false });

  it('is behind the last line end', () => {
    assert.equal(cut(Buffer.from('a\nb\nc'), 0, 5), 4);
    assert.equal(cut(Buffer.from('abc'), 0, 3), 0);
    assert.equal(cut(Buffer.from('a\nb\n'), 0, 3), 2);
  });
});
