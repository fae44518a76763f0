import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunName } from '../../../flow/work/dispatcher.ts';
import type { RunHead } from '../../message/messages.ts';
import type { Broker } from '../../store/broker.ts';
import { insist } from '../../store/insist.ts';
import { type EpochState, KEEP_UNNAMED, LEASE, type Lease, type Opened, RENEWAL } from '../../store/store.ts';
import { describeHolder, describeMismatch } from './refusals.ts';

/** Milliseconds that an unfinished run with a name stays. */
const DAY = 86_400_000;
/** Milliseconds for which the end of a run is tried to be said, and after which it is said over another connection. */
const FAREWELL = 6000;
const ANSWER = 2000;
/** Milliseconds between two looks whether a run is free. */
const LOOK = 200;

/** The caller, its machine and process. */
export const CALLER: string = `${hostname()}:${process.pid}`;

/** Terms of a run that is held. */
export interface LeaseTerms {
  readonly id: string;
  readonly name: RunName | undefined;
  readonly head: RunHead;
  /** Tells whether the run has ended here. */
  readonly isOver: () => boolean;
}

/** Does a step at the broker, unless nobody wants it any more. */
type Insist = <R>(step: () => Promise<R>, isOver?: () => boolean) => Promise<R>;

/** A run at the broker, as its caller holds it. */
export class RunLease {
  readonly #terms: LeaseTerms;
  readonly #broker: Broker;
  readonly #insist: Insist;
  #lease: Lease;
  #renewedAt = performance.now();

  /** @param doInsist - Does a step at the broker, for as long as the call has patience. */
  constructor(terms: LeaseTerms, broker: Broker, doInsist: Insist) {
    this.#terms = terms;
    this.#broker = broker;
    this.#insist = doInsist;
    this.#lease = makeLease(terms.name);
  }

  get held(): Lease {
    return this.#lease;
  }

  /**
   * Takes the run. Waits for the lease of a caller that may have been killed to end.
   *
   * @throws ClusterError where another lives, or the run is another.
   */
  async take(): Promise<Opened> {
    const { id, name, head, isOver } = this.#terms;
    const { caller, keep } = this.#lease;
    const terms = { caller, keep, head: JSON.stringify(head) };
    const until = performance.now() + (name === undefined ? 0 : LEASE + LOOK);
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- each try waits for the answer to the one before.
      const answer = await this.#insist(() => this.#broker.runs.open(id, terms), delay(isOver, FAREWELL));
      if (answer.kind === 'mismatch') throw describeMismatch(id, answer.head, head);
      if (answer.kind === 'opened') {
        this.#lease = { ...this.#lease, epoch: answer.epoch };
        return answer;
      }
      if (performance.now() > until || isOver()) throw describeHolder(id, answer.caller);
      // oxlint-disable-next-line no-await-in-loop -- a lease ends with time.
      await sleep(LOOK);
    }
  }

  /** Hears of commits, once the run is held: before, they are for whoever of this program has it. Rejects with the run let go. */
  async listen(onNews: () => void): Promise<void> {
    try {
      await this.#insist(() => this.#broker.news.onCommit(this.#terms.id, onNews));
    } catch (thrown) {
      await (this.#terms.name === undefined ? this.end() : this.leave());
      throw thrown;
    }
  }

  /** Holds the run for some more time, unless that was done just now: then it gives nothing. */
  async renew(): Promise<EpochState | undefined> {
    if (performance.now() - this.#renewedAt < RENEWAL) return undefined;
    this.#renewedAt = performance.now();
    return await this.#insist(() => this.#broker.runs.renew(this.#terms.id, this.#lease));
  }

  /** Lets the run go, for a later caller. Never rejects: a lease that was not let go ends by itself. */
  async leave(): Promise<void> {
    await this.#bid(() => this.#broker.runs.leave(this.#terms.id, this.#lease.epoch));
  }

  /** Deletes all that there is of the run. Never rejects: a broker that cannot be reached forgets it by itself. */
  async end(): Promise<void> {
    await this.#bid(() => this.#broker.runs.end(this.#terms.id, this.#lease.epoch));
  }

  async #bid(farewell: () => Promise<void>): Promise<void> {
    // The next caller of the name may be one of this program, and listens as soon as the run is free.
    const silenced = this.#broker.news.offCommit(this.#terms.id).catch(() => {});
    const say = async (): Promise<void> => {
      await farewell();
      await this.#broker.registry.leave(`run.${this.#terms.id}`);
      await silenced;
    };
    const onSilence = (silence: number): boolean => this.#broker.reset(silence);
    await insist(say, { limit: FAREWELL, patience: ANSWER, onSilence }).catch(() => {});
  }
}

/** Tells that something is so only when it has been for some ms: what is opened has to be known to be ended. */
function delay(isSo: () => boolean, ms: number): () => boolean {
  let since: number | undefined;
  return () => {
    if (!isSo()) return false;
    since ??= performance.now();
    return performance.now() - since > ms;
  };
}

/** Several runs of one program are callers of their own, since two of them may ask for one name. */
function makeLease(name: RunName | undefined): Lease {
  if (name === undefined) return { epoch: 0, caller: CALLER, keep: KEEP_UNNAMED };
  const caller = `${CALLER}:${randomUUID().slice(0, 8)}`;
  return { epoch: 0, caller, keep: LEASE + (name.keep ?? DAY) };
}
