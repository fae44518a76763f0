import type { Segment } from '../../../flow/outcome/reorder.ts';
import type { FedBlock } from './fed-block.ts';

/** Tells whether something in a segment said that no later item counts. */
export function isStopped({ notes }: Segment): boolean {
  for (const note of notes?.values() ?? []) if (note.kind === 'expanded' && note.stopped) return true;
  return false;
}

/** Tells whether something in a segment ends the run. */
export function hasFailed({ notes }: Segment): boolean {
  for (const note of notes?.values() ?? []) if (note.kind === 'stage-failed') return true;
  return false;
}

/** Returns the block that a segment is about. */
export function findBlock(segment: Segment): FedBlock | undefined {
  return (segment.items?.[0] ?? findLostItem(segment)) as FedBlock | undefined;
}

/** Returns the item of an outcome that no worker could report. */
function findLostItem({ notes }: Segment): unknown {
  const note = notes?.get(0);
  return note?.kind === 'failed' ? note.item : undefined;
}
