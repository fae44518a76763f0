import { SharedSlots } from '../../wire/slots/shared-slots.ts';
import type { HostedSession, WorkerPort, SessionEnd } from './host.ts';

/** A port with nobody at the other end. */
const nowhere: WorkerPort = {
  transfers: false,
  listen: () => {},
  post: () => {},
  close: () => {},
};

/**
 * Creates a session whose worker the system did not give: it ends, in a later turn, as one whose worker has died at its
 * start.
 *
 * @param thrown - Why, or a promise of it.
 */
export function createUnstarted(thrown: unknown): HostedSession {
  return {
    port: nowhere,
    slots: new SharedSlots(),
    worker: 'fresh',
    ended: describe(thrown),
    terminate: () => undefined,
  };
}

async function describe(thrown: unknown): Promise<SessionEnd> {
  return { kind: 'crash', thrown: await thrown };
}
