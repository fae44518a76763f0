import type { AnswerMessage } from '../../wire/message/message.ts';
import type { SentChunk } from '../work/work.ts';

/**
 * Returns what an answer has wrong that no worker of ours sends; `undefined` when all is right. Outcomes and items that
 * were given back are together the items that were sent: a worker that says otherwise has left some out, or run what
 * others have.
 */
export function findDifference(
  { end }: SentChunk,
  { ran, encoded, payload }: AnswerMessage,
  outcomes: number,
): string | undefined {
  if (!Number.isInteger(ran) || ran < 0 || ran > end) return `of ${end} items of a chunk, ${ran} ran`;
  if (outcomes !== ran) return `${ran} items of a chunk ran, and ${outcomes} outcomes came`;
  for (const { at, kind } of encoded ?? []) {
    if (at >= ran) return `${ran} items of a chunk ran, and item ${at} of it has an outcome`;
    // The stages of a pipeline keep their failures in the payload.
    if (payload !== undefined && kind !== 'expanded' && kind !== 'stage-failed')
      return `an item of a pipeline came back as ${kind}`;
  }
  return undefined;
}
