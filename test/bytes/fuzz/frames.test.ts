import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as zlib from 'node:zlib';
import * as fc from 'fast-check';
import { lines } from 'telar/files';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { readBlocks } from '../../harness/read-blocks.ts';
import { inPieces } from './texts.ts';
import { assertProperty } from '../../harness/random.ts';

census();

interface Kind {
  readonly compression: 'gzip' | 'brotli' | 'zstd';
  readonly compress: (bytes: Buffer, level: number) => Buffer;
  /** Bytes that may stand between frames, and give nothing. */
  readonly fillings: readonly Buffer[];
  readonly mostFrames: number;
}

type Zstd = (bytes: Buffer, options: object) => Buffer;
const { zstdCompressSync } = zlib as unknown as { zstdCompressSync: Zstd | undefined };

function makeZstdOptions(level: number): object {
  const { ZSTD_c_compressionLevel: levelKey, ZSTD_c_checksumFlag: checksumKey } =
    zlib.constants as unknown as Record<string, number>;
  return { params: { [levelKey as number]: level + 1, [checksumKey as number]: level % 2 } };
}

const kinds: readonly Kind[] = [
  {
    compression: 'gzip',
    compress: (bytes, level) => zlib.gzipSync(bytes, { level }),
    fillings: [Buffer.alloc(1), Buffer.alloc(17), Buffer.alloc(600)],
    mostFrames: 6,
  },
  {
    compression: 'brotli',
    compress: (bytes, level) =>
      zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: level } }),
    fillings: [],
    mostFrames: 1,
  },
  ...(zstdCompressSync === undefined
    ? []
    : [
        {
          compression: 'zstd',
          compress: (bytes, level) => zstdCompressSync(bytes, makeZstdOptions(level)),
          fillings: [
            Buffer.from('502a4d1800000000', 'hex'),
            Buffer.from('5f2a4d180700000028b52ffd000000', 'hex'),
          ],
          mostFrames: 6,
        } satisfies Kind,
      ]),
];

async function decompress(
  bytes: Buffer,
  compression: Kind['compression'],
  pieces: readonly number[],
): Promise<string[]> {
  const { outcomes } = await readBlocks(lines(inPieces(bytes, pieces), { compression }), 4096);
  return outcomes.map(([, outcome]) => outcome as string);
}

describe('compressed files', () => {
  for (const kind of kinds) {
    const { compression, compress, fillings, mostFrames } = kind;
    it(`of ${compression} give all of their frames, or an error`, async () => {
      const frame = fc.tuple(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.nat(3000),
        fc.integer({ min: 1, max: 6 }),
      );
      const filling = fc.option(fc.constantFrom(...fillings, Buffer.alloc(0)), { nil: undefined });
      const property = fc.asyncProperty(
        fc.array(fc.tuple(frame, filling), { minLength: 1, maxLength: mostFrames }),
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 4 }),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { nil: undefined }),
        fc.boolean(),
        async (frames, pieces, cut, hasMore) => {
          const parts: Buffer[] = [];
          const texts: string[] = [];
          /** Offsets at which a file may end. */
          const ends = new Set<number>([0]);
          let length = 0;
          const add = (part: Buffer, isZeros: boolean): void => {
            parts.push(part);
            if (isZeros) for (let at = 1; at < part.length; at++) ends.add(length + at);
            length += part.length;
            ends.add(length);
          };
          for (const [[start, count, level], between] of frames) {
            const text = `${start.replaceAll(/[\r\n]/g, '')}${'0123 abc '.repeat(count)}\n`;
            texts.push(text.slice(0, -1));
            if (compression === 'zstd' && between !== undefined) add(between, false);
            add(compress(Buffer.from(text), level), false);
            if (compression === 'gzip' && between !== undefined) add(between, true);
          }
          const whole = Buffer.concat(parts);
          assert.deepEqual(await decompress(whole, compression, pieces), texts);
          if (hasMore) {
            const more = Buffer.concat([whole, Buffer.from('more')]);
            await assert.rejects(decompress(more, compression, pieces), /The input cannot be decompressed: /);
          }
          const at = cut === undefined ? 0 : Math.floor(cut * whole.length);
          if (!ends.has(at)) {
            await assert.rejects(
              decompress(whole.subarray(0, at), compression, pieces),
              /unexpected end of file/,
            );
          }
        },
      );
      await assertProperty(property, { numRuns: sample(30, 5000), seed: 1952 });
    });
  }
});
