import { decodeThrown } from '../../wire/values/error.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import type { SentChunk } from '../work/work.ts';
import type { Note } from '../outcome/reorder.ts';
import { type Failures, findItem } from './failures.ts';

/** Reads what the marks of an answer, and the time limit, say of its items, by their offset in the chunk. */
export function readNotes(
  failures: Failures,
  { chunk, late }: SentChunk,
  { marks, ran }: AnswerMessage,
): Map<number, Note> {
  const notes = new Map<number, Note>();
  for (const mark of marks ?? []) {
    if (mark.kind === 'failed') {
      notes.set(mark.at, {
        kind: 'failed',
        error: failures.ofTask(findItem(chunk, mark.at, chunk.attempt), decodeThrown(mark.thrown)),
      });
    } else if (mark.kind === 'uncloneable') {
      notes.set(mark.at, {
        kind: 'failed',
        error: failures.ofClone(findItem(chunk, mark.at, chunk.attempt), 'result', mark),
      });
    } else {
      notes.set(mark.at, mark);
    }
  }
  // An item that stopped in time when it was told to has still overrun its time limit.
  for (const at of late) {
    if (at < ran)
      notes.set(at, { kind: 'failed', error: failures.ofTimeout(findItem(chunk, at, chunk.attempt)) });
  }
  return notes;
}
