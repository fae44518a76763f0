import type { SessionStart } from '../../wire/message.ts';

/** How a session came to its end. */
export type SessionEnd =
  /** It was asked to, and did. */
  | { readonly kind: 'ended' }
  /** We stopped its worker. */
  | { readonly kind: 'terminated' }
  /** Its worker died. */
  | { readonly kind: 'exit'; readonly exitCode: number }
  | { readonly kind: 'out-of-memory' | 'crash'; readonly thrown: unknown };

export interface HostedSession {
  /** Always resolves. */
  readonly ended: Promise<SessionEnd>;
  /** Stops the worker, whatever it is doing. */
  terminate(): void;
}

/** Where workers live: threads, the calling thread itself, or whatever else can serve a session. */
export interface SessionHost {
  /** The most sessions that may be open at once. */
  readonly size: number;
  open(start: SessionStart): HostedSession;
  /** Ends all workers. Resolves when none is left. */
  close(): Promise<void>;
}
