import { PHASE_LOADING, readPhase, takeBack } from '../../../wire/slots/slot.ts';
import type { HostedSession } from '../../hosts/host.ts';
import type { SentChunk } from '../../work/work.ts';

/** Stops a worker, whatever it does, and knows for whose sake. */
export class WorkerStop {
  /** Whether the worker was stopped. */
  isDone = false;
  /** The chunk for whose sake the worker was stopped. */
  culprit: SentChunk | undefined;
  /** Whether the worker was stopped since something that had run there before held it up. */
  isBlocked = false;
  readonly #hosted: HostedSession;

  constructor(hosted: HostedSession) {
    this.#hosted = hosted;
  }

  /** Ends a worker at once. Returns its number, where that can be told. */
  terminate(): number | undefined {
    this.isDone = true;
    return this.#hosted.terminate();
  }

  /**
   * Ends a worker; one that loads modules, and could be hurt by being ended at once, ends when it has loaded them,
   * without beginning anything of what it holds. Returns its number, where that can be told.
   */
  end(held: readonly SentChunk[], isStarting: boolean): number | undefined {
    this.isDone = true;
    const { port, slots } = this.#hosted;
    const isLoading = isStarting || readPhase(slots) === PHASE_LOADING;
    if (!isLoading || this.#hosted.dismiss === undefined) return this.#hosted.terminate();
    let hasBegun = false;
    // What the main thread knows of the chunks stays: it is asked for when the session has ended.
    for (const { row } of held) if (takeBack(slots, row, 0) > 0) hasBegun = true;
    if (hasBegun) return this.#hosted.terminate();
    // The message goes past what is held back for a worker that has started: nobody wants that any more.
    port.post({ type: 'end', dispose: false });
    return this.#hosted.dismiss();
  }
}
