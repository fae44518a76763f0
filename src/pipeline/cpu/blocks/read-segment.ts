import type { Segment } from '../../../flow/outcome/segment.ts';
import type { FedBlock } from './fed-block.ts';

/** Tells whether something in a segment said that no later item counts. */
export function isStopped({ outcomes }: Segment): boolean {
  for (const outcome of outcomes?.values() ?? [])
    if (outcome.kind === 'expanded' && outcome.stopped) return true;
  return false;
}

/** Tells whether something in a segment ends the run. */
export function hasFailed({ outcomes }: Segment): boolean {
  for (const outcome of outcomes?.values() ?? []) if (outcome.kind === 'stage-failed') return true;
  return false;
}

/** Returns the block that a segment is about. */
export function findBlock(segment: Segment): FedBlock | undefined {
  return (segment.items?.[0] ?? findLostItem(segment)) as FedBlock | undefined;
}

/** Returns the item of an outcome that no worker could report. */
function findLostItem({ outcomes }: Segment): unknown {
  const outcome = outcomes?.get(0);
  return outcome?.kind === 'failed' ? outcome.item : undefined;
}
