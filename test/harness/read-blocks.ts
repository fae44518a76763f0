import { createDecoder } from '../../src/bytes/decode/create-decoder.ts';
import { END, MalformedError } from '../../src/bytes/decode/lines/decoder.ts';
import { blocks, type ByteSource } from '../../src/bytes/source.ts';

/** Record that could not be read. */
export interface Malformed {
  readonly message: string;
  /** Number of the line, from 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface BlocksRead {
  /** Records and malformed ones, in the order of the file. */
  readonly outcomes: (readonly ['record', unknown] | readonly ['malformed', Malformed])[];
  /** Size of each block, in bytes. */
  readonly sizes: number[];
}

/** Reads a source in blocks of about this size, as a pipeline does. */
export async function readBlocks(source: ByteSource<unknown>, size: number): Promise<BlocksRead> {
  const { format, open } = source[blocks];
  const decode = createDecoder(format);
  const reader = open();
  const outcomes: BlocksRead['outcomes'] = [];
  const sizes: number[] = [];
  let lines = 0;
  try {
    for (let block = await reader.read(size); block !== undefined; block = await reader.read(size)) {
      const decoder = decode(block);
      if (block.isFirst) lines = 0;
      lines += block.headerLines;
      for (;;) {
        try {
          const record = decoder.next();
          if (record === END) break;
          outcomes.push(['record', record]);
        } catch (thrown) {
          if (!(thrown instanceof MalformedError)) throw thrown;
          const { message, line, column } = thrown;
          outcomes.push(['malformed', { message, line: lines + line + 1, column, text: decoder.text() }]);
        }
      }
      if (decoder.position !== block.bytes.length) throw new Error('A block was not read to its end.');
      lines += decoder.lines;
      sizes.push(block.bytes.length);
      reader.release(block);
    }
  } finally {
    await reader.close();
  }
  return { outcomes, sizes };
}
