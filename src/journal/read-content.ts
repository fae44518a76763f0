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
  /** Set in the record of an end where an item said `stop`, so that the input may have more. */
  readonly isStopped?: boolean;
  readonly done: number;
  readonly failed?: readonly JournalFailure[];
}

/** The content that the records of a journal add up to. */
class Content {
  isJournal = false;
  /** Whether another version wrote the journal, in a form that this one does not read. */
  isOther = false;
  readonly #done = new Set<number>();
  readonly #failed = new Map<number, JournalFailure>();
  #total: number | undefined;
  #isComplete = false;
  /** Number of items that a pipeline is behind; `undefined` for other calls. */
  #behind: number | undefined;

  /** Takes one record; returns whether to go on reading. */
  add(record: JournalRecord): boolean {
    const known = record as Known;
    if (record.type === 'telar-journal') {
      this.isJournal = true;
      this.isOther = (record as JournalRecord & { format?: unknown }).format !== FORMAT;
    } else if (record.type === 'end') {
      this.#isComplete = true;
      this.#total = known.isStopped === true ? undefined : known.total;
      if (this.#behind !== undefined) this.#behind = known.total;
    } else if (record.type === 'point' || record.type === 'ended') {
      this.#behind = known.done;
    } else if (record.type === 'failed') {
      this.#failed.set(known.index, record as unknown as JournalFailure);
    } else if (record.type === 'outcomes') {
      this.#addOutcomes(known);
    }
    return this.isJournal && !this.isOther;
  }

  #addOutcomes({ index: first, count, failed }: Known): void {
    for (let index = first; index < first + count; index++) {
      this.#done.add(index);
      this.#failed.delete(index);
    }
    for (const failure of failed ?? []) this.#failed.set(failure.index, failure);
  }

  describe(path: string): JournalContent {
    return {
      path,
      isComplete: this.#isComplete,
      done: this.#behind ?? this.#done.size,
      total: this.#total,
      failed: [...this.#failed.values()]
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
}

/** Reads the content of a journal for `readJournal`. */
export async function readContent(file: string): Promise<JournalContent> {
  const content = new Content();
  const handle = await open(file, 'r').catch((thrown: unknown) => {
    throw describe(file, thrown);
  });
  try {
    await readLines(handle, (record) => content.add(record));
  } finally {
    await handle.close();
  }
  if (!content.isJournal)
    throw new JournalError(`${file} is not a journal of Telar.`, { path: file, reason: 'foreign' });
  if (content.isOther) throw describeVersion(file);
  return content.describe(file);
}

function describe(path: string, cause: unknown): JournalError {
  const { message } = cause as Error;
  return new JournalError(
    `The journal ${path} cannot be opened: ${message}.`,
    { path, reason: 'io' },
    { cause },
  );
}
