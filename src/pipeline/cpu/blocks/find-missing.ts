import type { Segment } from '../../../flow/outcome/segment.ts';
import { DECODING, type Payload } from '../../../wire/message/payload.ts';
import type { FedBlock } from './fed-block.ts';

/**
 * Describes what the answer to a chunk leaves out without a word; returns `undefined` when it accounts for all. Without
 * this check nobody would ever know of items that are left out: the outcomes of a chunk that ran through stages are one
 * sum.
 */
export function findMissing(segment: Segment, block: FedBlock | undefined): string | undefined {
  const { payload, values } = segment;
  if (payload === undefined) return undefined;
  const isRead = block === undefined || block.endsAt !== undefined || isCutShort(segment);
  const isCut = payload.isCut && payload.decoded > 0 && payload.decoded < (block?.bytes.length ?? 0);
  if (!isRead && !isCut && payload.decoded !== block.bytes.length) {
    const name = `the block at byte ${block.offset}${block.file === undefined ? '' : ` of ${block.file}`}`;
    return `${name} was read up to byte ${payload.decoded} of ${block.bytes.length}`;
  }
  const [entered] = payload.entered;
  const expected = block === undefined ? values.length : countReadable(payload);
  if (entered === undefined || entered === expected) return undefined;
  return `${expected} items of a chunk were to enter its first stage, and ${entered} did`;
}

/** Tells whether something in a segment ended the run: what stands behind that is not wanted. */
function isCutShort({ outcomes }: Segment): boolean {
  for (const outcome of outcomes?.values() ?? [])
    if (outcome.kind === 'stage-failed' || (outcome.kind === 'expanded' && outcome.stopped)) return true;
  return false;
}

/** Counts the records that could be read, and on which no worker has died before. */
function countReadable({ records, dropped }: Payload): number {
  let count = records;
  for (const { stage, reason } of dropped) if (stage === DECODING || reason === 'lost') count--;
  return count;
}
