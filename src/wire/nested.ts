import type { SessionStart } from './message.ts';

/** Serves a session on the calling thread. Resolves when the session ended. */
export type NestedServer = (start: SessionStart) => Promise<void>;

/** A registered symbol, so that a second copy of Telar in a task's dependencies nests as well. */
const SERVER = Symbol.for('telar.nested');
const shared = globalThis as { [SERVER]?: NestedServer };

/** The worker entry: runs that tasks start on this thread are to be served here, so that they add no threads. */
export function serveNested(server: NestedServer): void {
  shared[SERVER] = server;
}

/** How to serve a run on this thread; `undefined` unless this is one of Telar's workers. */
export function findNestedServer(): NestedServer | undefined {
  return shared[SERVER];
}
