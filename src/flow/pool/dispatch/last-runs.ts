import type { Answered } from '../session/inbox.ts';
import type { WorkerSession } from '../session/worker-session.ts';
import { SUSPENDED } from '../session/watch.ts';

/** Number of workers of which it is known what they ran last. */
const MOST_NOTED = 256;

/** Knows what each worker ran last, by its number: that may have left behind what holds the worker up. */
export class LastRuns {
  readonly #ran = new Map<number, string>();

  /** Notes what a worker ran last when its session is over; the worker may run on. */
  note({ worker, last }: WorkerSession): void {
    if (worker === undefined || last === undefined) return;
    this.#ran.delete(worker);
    this.#ran.set(worker, nameLast(last));
    const [oldest] = this.#ran.keys();
    // Numbers of threads that are gone would pile up.
    if (this.#ran.size > MOST_NOTED && oldest !== undefined) this.#ran.delete(oldest);
  }

  /**
   * Says why a worker is replaced, and what may be to blame; forgets the worker. `worker` is its number, where known.
   */
  reportBlock(session: WorkerSession, worker: number | undefined, reason: string): string {
    const known = worker === undefined ? undefined : this.#ran.get(worker);
    const last = session.last === undefined ? known : nameLast(session.last);
    if (worker !== undefined) this.#ran.delete(worker);
    if (reason === SUSPENDED) return `A worker is replaced. ${reason}: ${describeWho(last)}.`;
    return (
      `A worker is replaced. ${reason} ${describeLast(last)} left something behind that holds it up, such as a timer that loops, ` +
      'or has replaced what the worker needs.'
    );
  }
}

/** Says who may have stopped a worker's process. */
function describeWho(last: string | undefined): string {
  if (last === undefined) return 'somebody has sent it';
  return `somebody has sent it, or ${last}, the last that ran there, left behind what did`;
}

function describeLast(last: string | undefined): string {
  if (last === undefined) return 'A task';
  return `${last.charAt(0).toUpperCase()}${last.slice(1)}, the last that ran there,`;
}

function nameLast({ work, first, final }: Answered): string {
  return work.strays.name(first, final);
}
