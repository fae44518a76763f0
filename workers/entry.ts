/**
 * The entry of every worker. Main asks for sessions over the link, one after the other, and hears there that one is over;
 * all that happens in a session goes over the session's own port, as data.
 */
import { threadId, workerData } from 'node:worker_threads';
import type { ReadyMessage, SessionOver, ThreadStart } from '../src/wire/message/message.ts';
import { type LinkedThread, markStarted } from '../src/wire/message/nested.ts';
import { SharedSlots } from '../src/wire/slots/shared-slots.ts';
import type { OutputLink } from '../src/wire/message/output.ts';
import { ListedPort } from './session/listed-port.ts';
import { lowerPriority } from './session/lower-priority.ts';
import { serveOwnRuns } from './session/serve-own-runs.ts';
import { postOutput } from './session/output.ts';
import { Session } from './session/session.ts';
import { watchStrays } from './session/strays.ts';

// What a task finds in `workerData` is what marks the thread, and no way to main.
const { link } = workerData as LinkedThread;
Reflect.deleteProperty(workerData as LinkedThread, 'link');
// The method is taken now, since tasks may replace it.
const tell = link.postMessage.bind(link);

let current: Session | undefined;

lowerPriority();
watchStrays(() => current);

let output: OutputLink | undefined = postOutput();

// A run that a task starts is served by this very thread: see src/wire/message/nested.ts.
serveOwnRuns();
markStarted();

link.on('message', (start: ThreadStart) => void serve(start));

/** Serves chunks until main ends the session. */
async function serve({ port, cells, importTimeout, recycle, session: number }: ThreadStart): Promise<void> {
  const listed = new ListedPort(port);
  const session = new Session({ port: listed, slots: new SharedSlots(cells), importTimeout, recycle });
  current = session;
  listed.postMessage(
    { type: 'ready', threadId, output } satisfies ReadyMessage,
    output === undefined ? [] : [output.port],
  );
  output = undefined;
  await session.ended;
  tell(`session ${number} is over` satisfies SessionOver);
}
