import { createDeferred } from '../../deferred.ts';
import type { SessionStart } from '../../wire/message.ts';
import type { NestedServer } from '../../wire/nested.ts';
import type { HostedSession, SessionEnd, SessionHost } from './host.ts';

/**
 * Serves the runs that a task starts on the task's own worker: they add no threads and cannot wait for one another.
 * There is nobody to stop an endless loop here; the timeout of the outer call does.
 */
export class NestedHost implements SessionHost {
  /** Each run has a session of its own, and only one: an item that waits for a run of its own must not block it. */
  readonly size: number = Infinity;
  readonly #server: NestedServer;

  constructor(server: NestedServer) {
    this.#server = server;
  }

  open(start: SessionStart): HostedSession {
    const { promise: terminated, resolve } = createDeferred<SessionEnd>();
    const ended = this.#server(start).then((): SessionEnd => ({ kind: 'ended' }));
    return {
      ended: Promise.race([ended, terminated]),
      terminate: () => {
        start.port.close();
        resolve({ kind: 'terminated' });
      },
    };
  }

  async close(): Promise<void> {}
}
