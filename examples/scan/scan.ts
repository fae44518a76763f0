import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { parallelMapIterable, transfer } from 'telar';
import type { Pool, RunSummary } from 'telar';
import { analyse } from './analyse.ts';
import type { Row } from './analyse.ts';
import type { FoundFile } from './find-files.ts';
import { readFiles } from './read-files.ts';
import type { SourceFile } from './read-files.ts';

export interface ScanOptions {
  readonly folder: string;
  readonly files: readonly FoundFile[];
  readonly pool: Pool;
  readonly signal: AbortSignal;
}

/**
 * Scans files and writes a row for each, in order, with a bar on stderr.
 *
 * @remarks
 * The whole way holds back: a slow disk stops the rows, they stop the workers, these stop the reading. Rejects
 * with `signal.reason`; the rows before it are written. The file is closed either way.
 */
export async function writeRows(
  { folder, files, pool, signal }: ScanOptions,
  out: FileHandle,
  onRow: (row: Row) => void,
): Promise<RunSummary> {
  let summary: RunSummary | undefined;
  const rows = parallelMapIterable(handOver(readFiles(folder, files)), analyse, {
    pool,
    signal,
    progress: true,
    onSummary: (ofRun) => (summary = ofRun),
  });
  const encode = async function* (): AsyncGenerator<string> {
    for await (const row of rows) {
      onRow(row);
      yield `${JSON.stringify(row)}\n`;
    }
  };
  await pipeline(encode, out.createWriteStream());
  if (summary === undefined) throw new Error('The run ended without a summary.');
  return summary;
}

/** Scans files and keeps the rows: for a sample. */
export async function collectRows({ folder, files, pool, signal }: ScanOptions): Promise<Row[]> {
  const rows: Row[] = [];
  const source = handOver(readFiles(folder, files));
  for await (const row of parallelMapIterable(source, analyse, { pool, signal })) rows.push(row);
  return rows;
}

/** Does the work of {@link collectRows} in a plain loop on this thread. */
export async function collectRowsAlone({ folder, files, signal }: ScanOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const file of readFiles(folder, files)) {
    signal.throwIfAborted();
    rows.push(analyse(file));
  }
  return rows;
}

/** The bytes of each file go to its worker without being copied. */
async function* handOver(files: AsyncIterable<SourceFile>): AsyncGenerator<SourceFile> {
  for await (const file of files) yield 'bytes' in file ? transfer(file, [file.bytes.buffer]) : file;
}
