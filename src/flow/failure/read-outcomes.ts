import { decodeThrown } from '../../wire/values/error.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import type { SentChunk } from '../work/work.ts';
import type { Outcome } from '../outcome/segment.ts';
import { type Failures, findItem } from './failures.ts';

/** Reads what the marks of an answer, and the time limit, say of its items, by their offset in the chunk. */
export function readOutcomes(
  failures: Failures,
  { chunk, late }: SentChunk,
  { marks, ran }: AnswerMessage,
): Map<number, Outcome> {
  const outcomes = new Map<number, Outcome>();
  for (const mark of marks ?? []) {
    if (mark.kind === 'failed') {
      outcomes.set(mark.at, {
        kind: 'failed',
        error: failures.ofTask(findItem(chunk, mark.at, chunk.attempt), decodeThrown(mark.thrown)),
      });
    } else if (mark.kind === 'uncloneable') {
      outcomes.set(mark.at, {
        kind: 'failed',
        error: failures.ofClone(findItem(chunk, mark.at, chunk.attempt), 'result', mark),
      });
    } else {
      outcomes.set(mark.at, mark);
    }
  }
  // An item that stopped in time when it was told to has still overrun its time limit.
  for (const at of late) {
    if (at < ran)
      outcomes.set(at, { kind: 'failed', error: failures.ofTimeout(findItem(chunk, at, chunk.attempt)) });
  }
  return outcomes;
}
