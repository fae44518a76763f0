import { PHASE_LOADING, readPhase, takeBack } from '../../../wire/slots/slot.ts';
import type { HostedSession } from '../../hosts/host.ts';
import type { SentChunk } from '../../work/work.ts';

/**
 * Ends a worker at once; a worker that loads modules, and could be hurt by that, ends once it has loaded them, without
 * beginning anything of what it holds. Returns its number, where that can be told.
 */
export function endWorker(
  hosted: HostedSession,
  held: readonly SentChunk[],
  isStarting: boolean,
): number | undefined {
  const { port, slots } = hosted;
  const isLoading = isStarting || readPhase(slots) === PHASE_LOADING;
  if (!isLoading || hosted.dismiss === undefined) return hosted.terminate();
  let hasBegun = false;
  // What the main thread knows of the chunks stays: it is asked for when the session has ended.
  for (const { row } of held) if (takeBack(slots, row, 0) > 0) hasBegun = true;
  if (hasBegun) return hosted.terminate();
  // The message goes past what is held back for a worker that has started: nobody wants that any more.
  port.post({ type: 'end', dispose: false });
  return hosted.dismiss();
}
