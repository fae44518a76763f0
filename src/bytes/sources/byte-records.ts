import { RecordError } from '../../errors/record-error.ts';
import type { Block, BlockReader } from '../block.ts';
import { createDecoder } from '../decode/create-decoder.ts';
import { END, MalformedError } from '../decode/lines/decoder.ts';
import type { RecordFormat } from '../format.ts';
import { keepHere } from '../../realm/stays-here.ts';
import { blocks, type BlockSource, type BlockStart, type ByteSource } from '../source.ts';

/** Size of the blocks, in bytes: small enough that a reader who takes little waits little. */
const SIZE = 256 * 1024;

/** Makes a source of records in bytes: undecoded for a pipeline, and decoded here for `for await`. */
export function makeByteSource<T>(
  format: RecordFormat,
  open: (start?: BlockStart) => BlockReader,
  describe?: BlockSource['describe'],
): ByteSource<T> {
  const source = {
    [blocks]: { format, open, describe },
    [Symbol.asyncIterator]: () => decodeHere<T>(format, open),
  };
  return keepHere(source, {
    noun: 'a source of records',
    fix: 'Make it in the task, from what it reads, such as the path of its file.',
  });
}

/**
 * Decodes the records on this thread. Leaving the loop closes the input; a record that cannot be read throws a
 * `RecordError`.
 */
async function* decodeHere<T>(
  format: RecordFormat,
  open: () => BlockReader,
): AsyncGenerator<T, undefined, undefined> {
  const decode = createDecoder(format);
  const reader = open();
  let lines = 0;
  try {
    for (;;) {
      const block = await reader.read(SIZE);
      if (block === undefined) return undefined;
      const decoder = decode(block);
      if (block.isFirst) lines = 0;
      lines += block.headerLines;
      for (;;) {
        let record: unknown;
        try {
          record = decoder.next();
        } catch (thrown) {
          throw describeMalformed(thrown, block, lines, decoder.text());
        }
        if (record === END) break;
        yield record as T;
      }
      lines += decoder.lines;
      reader.release(block);
    }
  } finally {
    await reader.close();
  }
}

function describeMalformed(thrown: unknown, { file }: Block, lines: number, text: string): unknown {
  if (!(thrown instanceof MalformedError)) return thrown;
  const { message, line, column } = thrown;
  return new RecordError(message, { file, line: lines + line + 1, column, text });
}
