import {
  countBegun,
  PHASE_ANSWERING,
  PHASE_LOADING,
  readPhase,
  readPlace,
  type Slots,
} from '../../../wire/slots/slot.ts';
import type { SessionEnd } from '../../hosts/host.ts';
import type { LostStage, SentChunk } from '../../work/work.ts';
import type { Watch } from './watch.ts';

/** The end of a worker that had started, as far as it matters for what the worker held. */
export interface WorkerLoss {
  readonly end: SessionEnd;
  /** Slots in which the worker's last notes still stand. */
  readonly slots: Slots;
  /** The watch, which knows which items were late. */
  readonly watch: Watch;
  /** The chunk for whose sake the worker was stopped. */
  readonly culprit: SentChunk | undefined;
  /** Whether the worker was stopped since something that had run there before held it up. */
  readonly isBlocked: boolean;
}

/** Tells the runs how far each chunk that a worker held had come when the worker ended, oldest first. */
export function reportLoss(held: readonly SentChunk[], loss: WorkerLoss): void {
  const { end, slots, watch, culprit, isBlocked } = loss;
  const phase = readPhase(slots);
  held.forEach((sent, position) => {
    const begun = countBegun(slots, sent.row);
    sent.place = readPlace(slots, sent.row);
    // The item has left the stage in which it was late.
    if (!watch.isLateAt(sent, sent.place.beat)) sent.late.clear();
    const isForOthers = end.kind === 'terminated' && culprit !== undefined && culprit !== sent;
    const isSuspended = end.kind === 'suspended';
    const isSpared = isForOthers || (isSuspended && begun > 0);
    const stage = isSpared ? { spared: begun } : findStage(begun, phase);
    sent.work.lost(sent, end, position > 0 ? 'queued' : isBlocked && !isSuspended ? 'blocked' : stage);
  });
}

function findStage(begun: number, phase: number): LostStage {
  // When several items have all run, the culprit may be any whose result was being sent.
  if (phase === PHASE_ANSWERING && begun > 1) return { ran: begun };
  if (begun > 0) return begun - 1;
  return phase === PHASE_LOADING ? 'loading' : 'waiting';
}
