import { MessageChannel, threadId } from 'node:worker_threads';
import { createDeferred } from '../../async/deferred.ts';
import type { NestedServer } from '../../wire/message/nested.ts';
import { SharedSlots } from '../../wire/slots/shared-slots.ts';
import type { HostedSession, SessionEnd, SessionHost, SessionTerms } from './host.ts';
import { ThreadPort } from './message-port.ts';
import { WorkerRecord } from './worker-record.ts';

/**
 * Serves the runs that a task starts on the task's own worker: they add no threads and cannot wait for one another.
 * There is nobody to stop an endless loop here; the timeout of the outer call does.
 */
export class NestedHost implements SessionHost {
  /** Each run has a session of its own, and only one: an item that waits for a run of its own must not block it. */
  readonly size: number = Infinity;
  readonly idle: number = 0;
  readonly #server: NestedServer;
  /** Sessions that are open, each as a worker: all are on one thread, and none waits for another. */
  readonly #records = new Set<WorkerRecord>();

  constructor(server: NestedServer) {
    this.#server = server;
  }

  open({ importTimeout }: SessionTerms): HostedSession {
    const { port1, port2 } = new MessageChannel();
    const slots = new SharedSlots();
    const { promise: terminated, resolve } = createDeferred<SessionEnd>();
    const start = { port: port2, slots, importTimeout };
    const ended = this.#server(start).then((): SessionEnd => ({ kind: 'ended' }));
    const record = new WorkerRecord(threadId);
    this.#records.add(record);
    const over = Promise.race([ended, terminated]);
    const forget = (): void => void this.#records.delete(record);
    over.then(forget, forget);
    return {
      port: new ThreadPort(port1, false),
      slots,
      record,
      worker: 'caller',
      ended: over,
      terminate: () => {
        port2.close();
        resolve({ kind: 'terminated' });
        return undefined;
      },
    };
  }

  listRecords(): WorkerRecord[] {
    return [...this.#records];
  }

  async close(): Promise<void> {}
}
