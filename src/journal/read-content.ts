import { open } from 'node:fs/promises';
import { JournalError } from '../errors/journal-error.ts';
import { describeVersion, FORMAT } from './header.ts';
import type { JournalContent, JournalFailure } from './content.ts';
import type { JournalRecord } from './lines/line.ts';
import { readLines } from './lines/read-lines.ts';

/** The parts of the records that are read here. */
interface Known extends JournalRecord {
  readonly index: number;
  readonly count: number;
  readonly total: number;
  /** Of an end: an item said `stop`, so that the input may have more. */
  readonly isStopped?: boolean;
  readonly done: number;
  readonly failed?: readonly JournalFailure[];
}

/** See `readJournal`. */
export async function readContent(file: string): Promise<JournalContent> {
  const done = new Set<number>();
  const failed = new Map<number, JournalFailure>();
  let total: number | undefined;
  let isComplete = false;
  let behind: number | undefined;
  let isJournal = false;
  let isOther = false;
  const handle = await open(file, 'r').catch((thrown: unknown) => {
    throw describe(file, thrown);
  });
  try {
    await readLines(handle, (record) => {
      const known = record as Known;
      if (record.type === 'telar-journal') {
        isJournal = true;
        isOther = (record as JournalRecord & { format?: unknown }).format !== FORMAT;
      }
      if (record.type === 'end') {
        isComplete = true;
        total = known.isStopped === true ? undefined : known.total;
        if (behind !== undefined) behind = known.total;
      }
      // Of a pipeline: how far it is.
      else if (record.type === 'point' || record.type === 'ended') behind = known.done;
      else if (record.type === 'failed') failed.set(known.index, record as unknown as JournalFailure);
      else if (record.type === 'outcomes') {
        for (let index = known.index; index < known.index + known.count; index++) {
          done.add(index);
          failed.delete(index);
        }
        for (const failure of known.failed ?? []) failed.set(failure.index, failure);
      }
      return isJournal && !isOther;
    });
  } finally {
    await handle.close();
  }
  if (!isJournal)
    throw new JournalError(`${file} is not a journal of Telar.`, { path: file, reason: 'foreign' });
  if (isOther) throw describeVersion(file);
  return {
    path: file,
    isComplete,
    done: behind ?? done.size,
    total,
    failed: [...failed.values()]
      .map(({ index, attempts, name, message, code }) => ({
        index,
        attempts,
        name,
        message,
        ...(code !== undefined && { code }),
      }))
      .sort((a, b) => a.index - b.index),
  };
}

function describe(path: string, cause: unknown): JournalError {
  const { message } = cause as Error;
  return new JournalError(
    `The journal ${path} cannot be opened: ${message}.`,
    { path, reason: 'io' },
    { cause },
  );
}
