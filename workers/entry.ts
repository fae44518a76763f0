/**
 * The entry of every worker: the one function that the pool calls, once for each session. The function never throws and
 * never returns a value; all that happens goes over the session's port, as data.
 */
import { threadId } from 'node:worker_threads';
import type { ReadyMessage, ThreadStart } from '../src/wire/message/message.ts';
import { markStarted } from '../src/wire/message/nested.ts';
import { SharedSlots } from '../src/wire/slots/shared-slots.ts';
import type { OutputLink } from '../src/wire/message/output.ts';
import { ListedPort } from './session/listed-port.ts';
import { lowerPriority } from './session/lower-priority.ts';
import { serveOwnRuns } from './session/serve-own-runs.ts';
import { postOutput } from './session/output.ts';
import { Session } from './session/session.ts';
import { watchStrays } from './session/strays.ts';

let current: Session | undefined;

lowerPriority();
watchStrays(() => current);

let output: OutputLink | undefined = postOutput();

// A run that a task starts is served by this very thread: see src/wire/message/nested.ts.
serveOwnRuns();
markStarted();

/** Serves chunks until main ends the session. */
export async function runSession({ port, cells, importTimeout, recycle }: ThreadStart): Promise<void> {
  const listed = new ListedPort(port);
  const session = new Session({ port: listed, slots: new SharedSlots(cells), importTimeout, recycle });
  current = session;
  listed.postMessage(
    { type: 'ready', threadId, output } satisfies ReadyMessage,
    output === undefined ? [] : [output.port],
  );
  output = undefined;
  await session.ended;
}
