import { raceTime } from '../../async/deferred.ts';
import type { ByteWriter } from '../../bytes/sink.ts';

/** Milliseconds for which a sink that gives up is waited for. */
const PATIENCE = 30_000;

/**
 * Has a sink give up what it has written. Never rejects, and resolves in time also where the sink does not settle: what
 * ended the run says more than what then could not be taken back.
 */
export async function giveUp(writer: Pick<ByteWriter, 'abort'> | undefined): Promise<void> {
  try {
    await raceTime(Promise.resolve(writer?.abort()), PATIENCE);
  } catch {
    // The caller tells what ended the run.
  }
}
