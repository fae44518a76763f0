import type { Answered } from '../session/inbox.ts';
import type { WorkerSession } from '../session/worker-session.ts';
import { SUSPENDED } from '../session/watch.ts';

/** Number of workers of which it is known what they ran last. */
const MOST_NOTED = 256;

/** Knows what each worker ran last, by its number: that may have left behind what holds the worker up. */
export class LastRuns {
  readonly #ran = new Map<number, Pick<Answered, 'first' | 'final'>>();

  /** Notes what a worker ran last when its session is over; the worker may run on. */
  note({ worker, last }: WorkerSession): void {
    if (worker === undefined || last === undefined) return;
    this.#ran.delete(worker);
    this.#ran.set(worker, { first: last.first, final: last.final });
    const [oldest] = this.#ran.keys();
    // Numbers of threads that are gone would pile up.
    if (this.#ran.size > MOST_NOTED && oldest !== undefined) this.#ran.delete(oldest);
  }

  /**
   * Says why a worker is replaced, and what may be to blame; forgets the worker. `worker` is its number, where known.
   */
  reportBlock(session: WorkerSession, worker: number | undefined, reason: string): string {
    const last = session.last ?? (worker === undefined ? undefined : this.#ran.get(worker));
    if (worker !== undefined) this.#ran.delete(worker);
    if (reason === SUSPENDED) return `A worker is replaced. ${reason}: ${describeWho(last)}.`;
    return (
      `A worker is replaced. ${reason} ${describeLast(last)} left something behind that holds it up, such as a timer that loops, ` +
      'or has replaced what the worker needs.'
    );
  }
}

type Last = Pick<Answered, 'first' | 'final'> | undefined;

/** Says who may have stopped a worker's process. */
function describeWho(last: Last): string {
  if (last === undefined) return 'somebody has sent it';
  const { first, final } = last;
  const which = first === final ? `item ${first}` : `one of the items ${first} to ${final}`;
  return `somebody has sent it, or ${which}, the last that ran there, left behind what did`;
}

function describeLast(last: Last): string {
  if (last === undefined) return 'A task';
  const { first, final } = last;
  return first === final
    ? `Item ${first}, the last that ran there,`
    : `One of the items ${first} to ${final}, the last that ran there,`;
}
