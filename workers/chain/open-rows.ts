import type { Block } from '../../src/bytes/block.ts';
import { createDecoder } from '../../src/bytes/decode/create-decoder.ts';
import { CsvDecoder } from '../../src/bytes/decode/csv/csv.ts';
import type { Decoder } from '../../src/bytes/decode/lines/decoder.ts';
import type { RecordFormat } from '../../src/bytes/format.ts';
import { readText, type TaskFunction } from '../../src/task/definition/definition.ts';
import type { RowReads } from '../../src/wire/message/chain.ts';

/** The functions of a chain that see the rows, by the places that `RowReads` has for them. */
export interface RowFunctions {
  readonly stages: readonly TaskFunction[];
  readonly collect: Readonly<Record<string, TaskFunction | undefined>>;
}

/** Records of blocks, and the way back to all fields of a row that was made with some of them. */
export interface OpenedRows {
  readonly decode: (block: Block) => Decoder;
  /** Makes the row that is being run whole. */
  readonly readWhole: () => unknown;
  /** The stage behind which rows are made whole, or the fold, which does so with those that it keeps. */
  readonly wholeBehind: number | 'collect' | undefined;
}

/**
 * Opens the records of blocks. Rows of a table have only the fields that are read of them where the functions are those
 * of which that is known: a module may export another function here than on the main thread.
 */
export function openRows(
  format: RecordFormat,
  reads: RowReads | undefined,
  functions: RowFunctions,
): OpenedRows {
  if (format.kind !== 'csv' || reads === undefined || !areKnown(reads, functions)) {
    return { decode: createDecoder(format), readWhole: () => undefined, wholeBehind: undefined };
  }
  const names = [...new Set(listNames(reads))];
  let decoder: CsvDecoder | undefined;
  return {
    decode: (block) => (decoder = new CsvDecoder(block, format, names)),
    readWhole: () => decoder?.readWhole(),
    wholeBehind: findWholeBehind(reads),
  };
}

function areKnown({ stages, collect = {} }: RowReads, functions: RowFunctions): boolean {
  const isText = (text: string, fn: TaskFunction | undefined): boolean =>
    fn !== undefined && readText(fn) === text;
  return (
    stages.every(({ text }, at) => isText(text, functions.stages[at])) &&
    Object.entries(collect).every(([name, { text }]) => isText(text, functions.collect[name]))
  );
}

function listNames({ stages, collect = {} }: RowReads): readonly string[] {
  return [...stages, ...Object.values(collect)].flatMap(({ names }) => names);
}

function findWholeBehind({ stages, collect, isWholeBehind }: RowReads): OpenedRows['wholeBehind'] {
  if (!isWholeBehind) return undefined;
  return collect === undefined ? stages.length - 1 : 'collect';
}
