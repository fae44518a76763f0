import type { Transferable } from 'node:worker_threads';
import type { FromWorker, ReadyMessage, ToWorker, RecyclePolicy } from '../../wire/message/message.ts';
import type { Slots } from '../../wire/slots/slot.ts';
import type { WorkerRecord } from './worker-record.ts';

/** The way in which a session came to its end. */
export type SessionEnd =
  /** The session was asked to end, and did. */
  | { readonly kind: 'ended' }
  /** We stopped the session's worker. */
  | { readonly kind: 'terminated' }
  /** The session's process was stopped by a signal (SIGSTOP) and did not go on, so we ended it: nobody is to blame. */
  | { readonly kind: 'suspended' }
  /** The session's worker died. If it printed an error before, that is what it has thrown. */
  | { readonly kind: 'exit'; readonly exitCode: number; readonly thrown?: unknown }
  | { readonly kind: 'out-of-memory' | 'crash'; readonly thrown: unknown };

/** The main thread's end of a session's messages. */
export interface WorkerPort {
  /** Hears all that the worker says, in its order, and of a message that arrived as something that cannot be read. */
  listen(onMessage: (message: FromWorker) => void, onUndecodable: (thrown: unknown) => void): void;
  /** Whether buffers can be handed over; else they are copied, and stay where they are. */
  readonly transfers: boolean;
  /** Throws when a value cannot cross this port. `@defaultValue` structured clone */
  readonly tryClone?: ((value: unknown) => void) | undefined;
  /** Sends a message to the worker. Throws when the message cannot cross. */
  post(message: ToWorker, transfers?: readonly Transferable[]): void;
  /** Hears out what the worker still said, then closes the port; called once the session has ended. */
  close(): void;
}

/** The reason why a worker could not start. */
export type StartFailure = SessionEnd | { readonly kind: 'late'; readonly limit: number };

export interface HostedSession {
  /**
   * State of the session's worker: `'fresh'` starts with the session, and so may fail to; `'warm'` has run before, and
   * should listen at once; the caller's own thread may be at anything.
   */
  readonly worker: 'fresh' | 'warm' | 'caller';
  readonly port: WorkerPort;
  readonly slots: Slots;
  /** Record of the session's worker, where there is one. */
  readonly record?: WorkerRecord | undefined;
  /** Always resolves, with the end of the session. */
  readonly ended: Promise<SessionEnd>;
  /** Stops the worker, whatever it is doing. Returns its number, as it said when it was ready, where that can be told. */
  terminate(): number | undefined;
  /**
   * Stops a worker that starts, or loads a task, and will come to its end behind that: it is stopped then. The worker
   * must begin nothing more of what it was sent. Returns its number as `terminate` does. `@defaultValue` as `terminate`
   */
  dismiss?(): number | undefined;
  /**
   * Sets whether the session keeps the process alive, as it does from its start. `@defaultValue` it always does, so that it
   * is ended when there is nothing to do
   */
  keepAwake?(isAwake: boolean): void;
  /** Hears that the session's worker listens. */
  onReady?(ready: ReadyMessage): void;
  /**
   * Returns, while the session's process is stopped by a signal (SIGSTOP), what tells this stop from any other.
   * `@defaultValue` a worker is not known to be stopped
   */
  readStop?(): string | undefined;
  /** Writes what the workers have printed so far: what an item printed stands before its result. */
  flush?(): void;
}

/** Terms that a session is told at its start. */
export interface SessionTerms {
  /** Milliseconds that a task's module may take to load. */
  readonly importTimeout: number;
  /** Milliseconds that the worker may take until it is ready. */
  readonly startTimeout: number;
  /** Limits at which the session's worker is to be replaced. */
  readonly recycle: RecyclePolicy | undefined;
}

/** A place where workers live: threads, the calling thread itself, or whatever else can serve a session. */
export interface SessionHost {
  /** The most sessions that may be open at once. */
  readonly size: number;
  /** Number of workers that have started, and have no session. */
  readonly idle: number;
  /**
   * Makes both ends of a session, and a worker for it. Never throws: a session without a worker ends in a later turn.
   */
  open(terms: SessionTerms): HostedSession;
  /** Lists the records of the workers that live, in the order of their start. `@defaultValue` none */
  listRecords?(): WorkerRecord[];
  /** Ends all workers, without asking if `isForced`. Resolves when none is left that can be ended, in a few seconds. */
  close(isForced: boolean): Promise<void>;
}
