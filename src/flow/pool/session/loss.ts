import {
  countBegun,
  isAnswered,
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
  const { end, slots, watch } = loss;
  const phase = readPhase(slots);
  const current = findCurrent(held, slots, phase);
  held.forEach((sent, position) => {
    sent.place = readPlace(slots, sent.row);
    // The item has left the stage in which it was late.
    if (!watch.isLateAt(sent, sent.place.beat)) sent.late.clear();
    sent.work.lost(sent, end, findStage(sent, position, current, phase, loss));
  });
}

/**
 * Finds the chunk that the worker was on. One that it has answered may still be held, where the answer was lost on the
 * way: then the worker was on the next, which alone may be to blame.
 */
function findCurrent(held: readonly SentChunk[], slots: Slots, phase: number): number {
  const answered = held.findLastIndex(({ row }) => isAnswered(slots, row));
  return phase === PHASE_ANSWERING ? Math.max(answered, 0) : answered + 1;
}

function findStage(
  sent: SentChunk,
  position: number,
  current: number,
  phase: number,
  { end, slots, culprit, isBlocked }: WorkerLoss,
): LostStage {
  const begun = countBegun(slots, sent.row);
  const isSuspended = end.kind === 'suspended';
  if (isBlocked && !isSuspended) return position === 0 ? 'blocked' : 'queued';
  if (position > current) return 'queued';
  const isForOthers = end.kind === 'terminated' && culprit !== undefined && culprit !== sent;
  if (isForOthers || (isSuspended && begun > 0)) return { spared: begun };
  if (position < current && sent !== culprit) return { unheard: begun };
  // When several items have all run, the culprit may be any whose result was being sent.
  if (phase === PHASE_ANSWERING && begun > 1) return { ran: begun };
  if (begun > 0) return begun - 1;
  return phase === PHASE_LOADING ? 'loading' : 'waiting';
}
