import { MessageChannel } from 'node:worker_threads';
import { createDeferred } from '../../async/deferred.ts';
import type { NestedServer } from '../../wire/message/nested.ts';
import { SharedSlots } from '../../wire/slots/shared-slots.ts';
import type { HostedSession, SessionEnd, SessionHost, SessionTerms } from './host.ts';
import { ThreadPort } from './message-port.ts';

/**
 * Serves the runs that a task starts on the task's own worker: they add no threads and cannot wait for one another.
 * There is nobody to stop an endless loop here; the timeout of the outer call does.
 */
export class NestedHost implements SessionHost {
  /** Each run has a session of its own, and only one: an item that waits for a run of its own must not block it. */
  readonly size: number = Infinity;
  readonly idle: number = 0;
  readonly #server: NestedServer;

  constructor(server: NestedServer) {
    this.#server = server;
  }

  open({ importTimeout }: SessionTerms): HostedSession {
    const { port1, port2 } = new MessageChannel();
    const slots = new SharedSlots();
    const { promise: terminated, resolve } = createDeferred<SessionEnd>();
    const start = { port: port2, slots, importTimeout };
    const ended = this.#server(start).then((): SessionEnd => ({ kind: 'ended' }));
    return {
      port: new ThreadPort(port1),
      slots,
      worker: 'caller',
      ended: Promise.race([ended, terminated]),
      terminate: () => {
        port2.close();
        resolve({ kind: 'terminated' });
        return undefined;
      },
    };
  }

  async close(): Promise<void> {}
}
