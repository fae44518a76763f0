import { decodeThrown } from '../../wire/values/error.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import type { SentChunk } from '../work/work.ts';
import type { Outcome } from '../outcome/segment.ts';
import { type Failures, findItem } from './failures.ts';

/** Reads what the encoded outcomes of an answer, and the time limit, say of its items, by their offset in the chunk. */
export function readOutcomes(
  failures: Failures,
  { chunk, late }: SentChunk,
  { encoded, ran }: AnswerMessage,
): Map<number, Outcome> {
  const outcomes = new Map<number, Outcome>();
  for (const outcome of encoded ?? []) {
    if (outcome.kind === 'failed') {
      outcomes.set(outcome.at, {
        kind: 'failed',
        error: failures.ofTask(findItem(chunk, outcome.at, chunk.attempt), decodeThrown(outcome.thrown)),
      });
    } else if (outcome.kind === 'uncloneable') {
      outcomes.set(outcome.at, {
        kind: 'failed',
        error: failures.ofClone(findItem(chunk, outcome.at, chunk.attempt), 'result', outcome),
      });
    } else {
      outcomes.set(outcome.at, outcome);
    }
  }
  // An item that stopped in time when it was told to has still overrun its time limit.
  for (const at of late) {
    if (at < ran)
      outcomes.set(at, { kind: 'failed', error: failures.ofTimeout(findItem(chunk, at, chunk.attempt)) });
  }
  return outcomes;
}
