/**
 * What runs on every worker: the one function that the pool calls, once for each session. It never throws and never
 * returns a value; all that happens goes over the session's port, as data.
 */
import { threadId } from 'node:worker_threads';
import type { ThreadStart } from '../src/wire/message.ts';
import { serveNested } from '../src/wire/nested.ts';
import { SharedSlots } from '../src/wire/slots/shared-slots.ts';
import { Session } from './session.ts';
import { watchStrays } from './strays.ts';

const NICENESS = 5;

let current: Session | undefined;

// Behind the main thread where cores are short, so that the event loop stays free: its delay halves, and the work takes
// no longer. On Linux alone this is said of one thread; elsewhere it would hold for the whole process.
if (process.platform === 'linux') {
  const { getPriority, setPriority } = process.getBuiltinModule('node:os');
  setPriority(0, Math.min(19, getPriority(0) + NICENESS));
}

watchStrays(() => current);

// A run that a task starts is served by this very thread: see src/wire/nested.ts.
serveNested((start) => new Session(start, { isNested: true }).ended);

/** Serves chunks until main ends the session. */
export async function runSession({ port, cells, importTimeout }: ThreadStart): Promise<void> {
  const session = new Session({ port, slots: new SharedSlots(cells), importTimeout });
  current = session;
  port.postMessage({ type: 'ready', threadId });
  await session.ended;
}
