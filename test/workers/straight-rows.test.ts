import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Block } from '../../src/bytes/block.ts';
import { CsvDecoder } from '../../src/bytes/decode/csv/csv.ts';
import { END, MalformedError } from '../../src/bytes/decode/lines/decoder.ts';
import type { Encoding } from '../../src/bytes/encoding.ts';
import type { CsvFormat } from '../../src/bytes/format.ts';
import { SharedSlots } from '../../src/wire/slots/shared-slots.ts';
import { readPlace } from '../../src/wire/slots/slot.ts';
import { BlockWalk } from '../../workers/chain/blocks/block-walk.ts';
import { StraightRun } from '../../workers/chain/straight/straight-run.ts';
import type { StraightChain } from '../../workers/chain/straight/straight-chain.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

const COLUMNS = ['a', '__proto__', 'c d', 'e'];
/** A table of one column, whose empty lines look like rows. */
const ONLY = ['a'];

const field = fc.oneof(
  { arbitrary: fc.nat(9999).map(String), weight: 120 },
  { arbitrary: fc.constantFrom('', 'x', 'x'.repeat(300), ' ', 'a"b', '\r', 'in\rside'), weight: 60 },
  {
    arbitrary: fc.constantFrom('é', '€', '🧵', '"quoted"', '"with, comma"', '"two\nlines"', '""""'),
    weight: 10,
  },
  { arbitrary: fc.constantFrom('"open', '"a"b'), weight: 1 },
);
const row = fc.oneof(
  { arbitrary: fc.array(field, { minLength: 4, maxLength: 4 }), weight: 40 },
  { arbitrary: fc.array(field, { maxLength: 7 }), weight: 1 },
);
const end = fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n', '\r\n\r\n');
const table = fc.record({
  columns: fc.constantFrom(COLUMNS, COLUMNS, ONLY),
  rows: fc.array(fc.tuple(row, end), { minLength: 1, maxLength: 60 }),
  times: fc.constantFrom(1, 1, 20),
  isEnded: fc.boolean(),
  isAscii: fc.boolean(),
  encoding: fc.constantFrom<Encoding | undefined>(
    undefined,
    { kind: 'utf-16', isBigEndian: false },
    { kind: 'single-byte', name: 'windows-1252' },
  ),
  quote: fc.constantFrom('"', undefined),
  names: fc.option(fc.subarray([...COLUMNS, 'none']), { nil: undefined }),
});

type Table = typeof table extends fc.Arbitrary<infer T> ? T : never;

function makeBlock({ columns, rows, times, isEnded, isAscii, encoding }: Table): Block {
  let text = rows
    .map(([fields, lineEnd]) => fields.slice(0, columns.length === 1 ? 1 : undefined).join(',') + lineEnd)
    .join('')
    .repeat(times);
  if (!isEnded) text = text.replace(/\r?\n$/, '');
  if (isAscii) text = text.replace(/[^\0-\x7f]/gu, '?');
  const kind = encoding?.kind;
  const written = Buffer.from(text, kind === 'utf-16' ? 'utf16le' : kind === undefined ? 'utf8' : 'latin1');
  const bytes = Buffer.from(new SharedArrayBuffer(written.length));
  bytes.set(written);
  return {
    bytes: bytes as unknown as Block['bytes'],
    file: undefined,
    offset: 0,
    isFirst: true,
    bom: 0,
    encoding,
    headerLines: 0,
    columns,
    broken: undefined,
  };
}

function describeMalformed({ line, column, message }: MalformedError): unknown {
  return { line, column, message };
}

/** Reads the rows one by one, as they are read where something is to be looked at behind each. */
function readEach(decoder: CsvDecoder): unknown[] {
  const found: unknown[] = [];
  for (let record = 0; ; record++) {
    let read: unknown;
    try {
      read = decoder.next();
    } catch (thrown) {
      found.push([record, describeMalformed(thrown as MalformedError)]);
      continue;
    }
    if (read === END) return found;
    found.push([
      record,
      read,
      decoder.start,
      decoder.line,
      decoder.text(),
      decoder.position,
      decoder.readWhole(),
    ]);
  }
}

/** Reads them straight, through a stage or none, and one by one what that leaves. */
function readStraight(open: () => CsvDecoder, block: Block, isStaged: boolean): unknown[] {
  const found: unknown[] = [];
  const blocks = new BlockWalk(open, isStaged);
  const slots = new SharedSlots();
  const note = (record: unknown): void => {
    const decoder = blocks.decoder as CsvDecoder;
    assert.equal(readPlace(slots, 1).record, blocks.record);
    const { start, line, position } = decoder;
    found.push([blocks.record, record, start, line, decoder.text(), position, decoder.readWhole()]);
  };
  const context = { isTouched: false };
  const chain = {
    blocks,
    stage: isStaged ? { call: (record: unknown) => record } : undefined,
    walk: undefined,
    report: {
      isStopped: false,
      skipped: 0,
      entered: [0],
      host: { slots, row: 1, attempt: 1, openContext: () => context },
      describe: (_stage: number, _attempts: number, _reason: string, thrown: unknown) => thrown,
      drop: (thrown: unknown) => found.push([blocks.record, describeMalformed(thrown as MalformedError)]),
    },
    collector: { add: note },
    failCollecting: (thrown: unknown) => {
      throw thrown as Error;
    },
  };
  const run = new StraightRun(chain as unknown as StraightChain);
  blocks.open(block);
  const decoder = blocks.decoder as CsvDecoder;
  const ended = run.run(decoder, decoder.steps as NonNullable<CsvDecoder['steps']>);
  if (ended === undefined) {
    // What is left is read as the chain reads it.
    for (;;) {
      blocks.record++;
      let record: unknown;
      try {
        record = decoder.next();
      } catch (thrown) {
        blocks.records++;
        chain.report.drop(thrown);
        continue;
      }
      if (record === END) break;
      blocks.records++;
      note(record);
    }
  }
  assert.equal(blocks.records, found.length);
  return found;
}

describe('the rows of a block that run straight', () => {
  it('are those that are read one by one, at the same places', () => {
    const property = fc.property(table, fc.boolean(), (one, isStaged) => {
      const block = makeBlock(one);
      const format: CsvFormat = {
        kind: 'csv',
        delimiter: ',',
        quote: one.quote,
        maxRecordBytes: 1 << 20,
        asObjects: true,
      };
      const open = (): CsvDecoder => new CsvDecoder(block, format, one.names);
      assert.deepEqual(readStraight(open, block, isStaged), readEach(open()));
    });
    assertProperty(property, { numRuns: sample(150, 5000), seed: 41 });
  });
});
