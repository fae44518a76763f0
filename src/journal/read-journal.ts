import { toPath } from '../realm/url.ts';
import type { JournalContent } from './content.ts';

/**
 * Reads the journal of a call, also while a run writes it: how far the call has come, and which items failed. Rejects
 * with a `JournalError` when there is no journal.
 */
export async function readJournal(path: string | URL): Promise<JournalContent> {
  // The reader is loaded on demand, as most programs have no journal.
  const { readContent } = await import('./read-content.ts');
  return await readContent(toPath(path));
}
