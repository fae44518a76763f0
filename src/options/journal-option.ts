import { isUrl, toPath } from '../realm/url.ts';
import { assertBoolean, assertKnown, optionError } from './check.ts';
import { describeValue } from '../errors/describe.ts';

/**
 * Options of a journal: the file where a run keeps what it has done, and what to do with what the file holds already.
 */
export interface JournalOptions {
  /** Path of the journal's file, or its `file:` URL. */
  readonly path: string | URL;
  /**
   * Treatment of the journal of another input, task or options: refuse it, with an error, or start over.
   * `@defaultValue` 'refuse'
   */
  readonly onMismatch?: 'refuse' | 'restart' | undefined;
  /** Runs again those items whose failure an earlier run has kept. `@defaultValue` false */
  readonly retryFailed?: boolean | undefined;
}

export interface JournalSettings {
  readonly path: string;
  readonly onMismatch: 'refuse' | 'restart';
  readonly retryFailed: boolean;
}

export function resolveJournal(
  journal: string | URL | JournalOptions | undefined,
): JournalSettings | undefined {
  if (journal === undefined) return undefined;
  const options = typeof journal === 'string' || isUrl(journal) ? { path: journal } : journal;
  const { path, onMismatch = 'refuse', retryFailed = false } = options;
  return { path: toPath(path), onMismatch, retryFailed };
}

export function assertJournal(journal: unknown): void {
  if (journal === undefined || isPath(journal)) return;
  if (typeof journal !== 'object' || journal === null || isUrl(journal))
    throw describePath('journal', journal);
  assertKnown(journal, ['path', 'onMismatch', 'retryFailed']);
  const { path, onMismatch, retryFailed } = journal as { [key: string]: unknown };
  if (!isPath(path)) throw describePath('journal.path', path);
  if (onMismatch !== undefined && onMismatch !== 'refuse' && onMismatch !== 'restart') {
    throw optionError(
      `Expected \`journal.onMismatch\` to be 'refuse' or 'restart', got ${describeValue(onMismatch)}.`,
    );
  }
  assertBoolean(retryFailed, 'journal.retryFailed');
}

function isPath(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || (isUrl(value) && value.protocol === 'file:');
}

function describePath(name: string, value: unknown): TypeError {
  return optionError(
    `Expected \`${name}\` to be a path such as './run.journal', or { path, onMismatch, retryFailed }, got ${describeValue(value)}.`,
  );
}
