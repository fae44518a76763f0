import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { lines, ndjson } from 'telar/files';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { readBlocks } from '../../harness/read-blocks.ts';
import { openText, sizes, writings } from './texts.ts';
import { assertProperty } from '../../harness/random.ts';

census();

type Outcome = readonly ['record', unknown] | readonly ['malformed', line: number];

/** Reads each line of some bytes by `TextDecoder` and `JSON.parse`. */
function readPlainly(
  bytes: Buffer,
  encoding: string | undefined,
  maxRecordBytes: number,
  parse: (line: string) => unknown,
): Outcome[] {
  const isWide = encoding?.startsWith('utf-16') === true;
  const lineFeed = encoding === 'utf-16be' ? '\0\n' : isWide ? '\n\0' : '\n';
  const carriageReturn = encoding === 'utf-16be' ? '\0\r' : isWide ? '\r\0' : '\r';
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const outcomes: Outcome[] = [];
  const unit = lineFeed.length;
  for (let from = 0, line = 1; from < bytes.length; line++) {
    let end = from;
    while (end < bytes.length && bytes.toString('latin1', end, end + unit) !== lineFeed) end += unit;
    const hasReturn = end < bytes.length && bytes.toString('latin1', end - unit, end) === carriageReturn;
    const content = bytes.subarray(from, hasReturn && end > from ? end - unit : end);
    from = end + unit;
    try {
      if (content.length > maxRecordBytes) throw new Error('too long');
      const record = parse(decoder.decode(content));
      if (record !== undefined) outcomes.push(['record', record]);
    } catch {
      outcomes.push(['malformed', line]);
    }
  }
  return outcomes;
}

async function read(source: Parameters<typeof readBlocks>[0], size: number): Promise<Outcome[]> {
  const { outcomes } = await readBlocks(source, size);
  return outcomes.map((outcome) => (outcome[0] === 'record' ? outcome : ['malformed', outcome[1].line]));
}

const json = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.constantFrom(
    '{"a":1}',
    '[1,2]',
    '"é€"',
    '',
    ' \t',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '{"a":',
    '1 2',
    '"a\tb"',
    '-0',
    '\r',
  ),
);
const lineEnd = fc.constantFrom('\n', '\n', '\r\n', '\n\n', '\r');
const parseJson = (line: string): unknown =>
  /^[ \t\r\n]*$/.test(line) ? undefined : (JSON.parse(line) as unknown);

describe('lines and ndjson', () => {
  it('give what TextDecoder and JSON.parse give for each line, with every option and size of blocks', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.tuple(json, lineEnd), { maxLength: 12 }),
      fc.array(fc.tuple(fc.nat(200), fc.constantFrom(0xff, 0xc3, 0xe2, 0x80, 0x0a)), { maxLength: 2 }),
      fc.boolean(),
      fc.constantFrom(16 * 1024 * 1024, 16 * 1024 * 1024, 4, 20),
      sizes,
      async (parts, flips, hasBom, maxRecordBytes, size) => {
        const plain = Buffer.from(parts.flat().join(''));
        for (const [at, byte] of flips) if (at < plain.length) plain[at] = byte;
        // What was flipped may look like the mark of another encoding.
        const isMarked = plain[0] === 0xef || plain[0] === 0xff || plain[0] === 0xfe;
        const bytes = hasBom || isMarked ? Buffer.concat([Buffer.from('\ufeff'), plain]) : plain;
        const options = { maxRecordBytes, compression: 'none' } as const;
        assert.deepEqual(
          await read(lines(openText(bytes, size), options), size.block),
          readPlainly(plain, undefined, maxRecordBytes, (line) => line),
        );
        assert.deepEqual(
          await read(ndjson(openText(bytes, size), options), size.block),
          readPlainly(plain, undefined, maxRecordBytes, parseJson),
        );
      },
    );
    await assertProperty(property, { numRuns: sample(150, 30_000), seed: 8259 });
  });

  it('read every encoding, and tell what is no text in it', async () => {
    const piece = fc.constantFrom('a', 'é€', '\n', '\r\n', ' ', '\r', 'x'.repeat(50), '');
    const property = fc.asyncProperty(
      fc.array(piece, { maxLength: 30 }),
      fc.constantFrom(...writings),
      fc.option(fc.tuple(fc.nat(100), fc.nat(255)), { nil: undefined }),
      fc.constantFrom(16 * 1024 * 1024, 10),
      sizes,
      async (pieces, { encoding, name, write }, flip, maxRecordBytes, size) => {
        const bytes = Buffer.concat([
          write(pieces.join('')),
          Buffer.from(name === 'utf-16le' && flip ? 'z' : ''),
        ]);
        const mark = write('').length;
        const at = flip === undefined ? bytes.length : mark + flip[0];
        if (flip !== undefined && at < bytes.length) bytes[at] = flip[1];
        // Or the first bytes would be the mark of another encoding.
        fc.pre(mark > 0 || encoding !== undefined || (bytes[0] ?? 0) < 0xef);
        fc.pre(mark > 0 || !encoding?.startsWith('utf-') || !isMark(bytes, encoding));
        // A NUL behind the mark of UTF-16 is one of UTF-32.
        fc.pre(encoding !== undefined || !bytes.toString('hex').startsWith('fffe0000'));
        const source = lines(openText(bytes, size), {
          maxRecordBytes,
          compression: 'none',
          ...(encoding === undefined ? {} : { encoding }),
        });
        assert.deepEqual(
          await read(source, size.block),
          readPlainly(bytes.subarray(mark), name, maxRecordBytes, (line) => line),
        );
      },
    );
    await assertProperty(property, { numRuns: sample(150, 20_000), seed: 16 });
  });
});

function isMark(bytes: Buffer, encoding: string): boolean {
  const mark = { 'utf-8': 'efbbbf', 'utf-16le': 'fffe', 'utf-16be': 'feff' }[encoding] ?? 'none';
  return bytes.toString('hex').startsWith(mark);
}
