import { JournalError } from '../errors/journal-error.ts';
import type { JournalRecord } from './lines/line.ts';

export const FORMAT = 1;

/** The identity of a run: a fingerprint, or a short text, of each of the things that make its results. */
export interface RunIdentity {
  readonly input: string;
  readonly task: string;
  readonly options: string;
}

/** The first line of a journal. */
export interface JournalHeader extends JournalRecord, RunIdentity {
  readonly type: 'telar-journal';
  readonly format: number;
  readonly run: string;
}

/** Says whether a file begins as journals do, whatever became of it then. */
export function looksLikeJournal(start: string): boolean {
  return /^[0-9a-f]{8} \{"type":"telar-journal",/.test(start);
}

/** Lists the parts in which two runs differ. */
export function listChanges(header: JournalHeader, identity: RunIdentity): (keyof RunIdentity)[] {
  return (['input', 'task', 'options'] as const).filter((part) => header[part] !== identity[part]);
}

/** Makes the error for a journal of another run, which says in what that differs. */
export function describeOther(path: string, header: JournalHeader, identity: RunIdentity): JournalError {
  const changed = listChanges(header, identity);
  const described = changed.map((part) => `${part} (${header[part]} then, ${identity[part]} now)`);
  return new JournalError(
    `The journal ${path} is of another run: it has another ${described.join(', and another ')}. ` +
      `Give each run a journal of its own, or start over with { path, onMismatch: 'restart' }.`,
    { path, reason: 'mismatch', changed },
  );
}

/** Makes the error for a journal of another format, which is never misread. */
export function describeVersion(path: string): JournalError {
  return new JournalError(
    `The journal ${path} was written by another version of Telar. Take that, or give \`journal\` another path.`,
    { path, reason: 'version' },
  );
}
