import type { Transferable } from 'node:worker_threads';
import type { FromWorker, ReadyMessage, ToWorker, Wear } from '../../wire/message/message.ts';
import type { Slots } from '../../wire/slots/slot.ts';

/** How a session came to its end. */
export type SessionEnd =
  /** It was asked to, and did. */
  | { readonly kind: 'ended' }
  /** We stopped its worker. */
  | { readonly kind: 'terminated' }
  /** Its worker died. Where it printed an error before, that is what it has thrown. */
  | { readonly kind: 'exit'; readonly exitCode: number; readonly thrown?: unknown }
  | { readonly kind: 'out-of-memory' | 'crash'; readonly thrown: unknown };

/** Main's end of a session's messages. */
export interface LanePort {
  /** Hears all that the worker says, in its order; and of a message that arrived as something that cannot be read. */
  listen(onMessage: (message: FromWorker) => void, onUndecodable: (thrown: unknown) => void): void;
  /** Whether buffers can be handed over; else they are copied, and stay where they are. */
  readonly transfers: boolean;
  /** Throws when a value cannot cross here. `@defaultValue` structured clone */
  readonly tryClone?: ((value: unknown) => void) | undefined;
  /** Throws when the message cannot cross. */
  post(message: ToWorker, transfers?: readonly Transferable[]): void;
  /** Once the session has ended: hears out what the worker still said, then closes. */
  close(): void;
}

/** Why a worker could not start. */
export type StartFailure = SessionEnd | { readonly kind: 'late'; readonly limit: number };

export interface HostedSession {
  /**
   * What its worker is: `'fresh'` starts with it, and so may fail to; `'warm'` has run before, and should listen at once;
   * the caller's own thread may be at anything.
   */
  readonly worker: 'fresh' | 'warm' | 'caller';
  readonly port: LanePort;
  readonly slots: Slots;
  /** Always resolves. */
  readonly ended: Promise<SessionEnd>;
  /** Stops the worker, whatever it is doing. Returns its number, as its greeting has it, where that can be told. */
  terminate(): number | undefined;
  /**
   * The same for a worker that starts, or loads a task, and will come to its end behind that: it is stopped then. Of what it
   * was sent it must begin nothing more. `@defaultValue` as `terminate`
   */
  dismiss?(): number | undefined;
  /** Its worker has said that it listens. */
  greet?(ready: ReadyMessage): void;
  /** Writes what the workers have printed so far: what an item printed stands before its result. */
  flush?(): void;
}

/** What a session is told at its start. */
export interface SessionTerms {
  /** How long a task's module may take to load, in ms. */
  readonly importTimeout: number;
  /** How long the worker may take until it is ready, in ms. */
  readonly startTimeout: number;
  /** When its worker is to be replaced. */
  readonly wear: Wear | undefined;
}

/** Where workers live: threads, the calling thread itself, or whatever else can serve a session. */
export interface SessionHost {
  /** The most sessions that may be open at once. */
  readonly size: number;
  /** How many workers have started, and have no session. */
  readonly idle: number;
  /** Makes both ends of a session, and a worker for it. Never throws: a session without a worker ends in a later turn. */
  open(terms: SessionTerms): HostedSession;
  /** Ends all workers, with `isForced` without asking. Resolves when none is left that can be ended, in a few seconds. */
  close(isForced: boolean): Promise<void>;
}
