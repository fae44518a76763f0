/**
 * The entry of a child process: sessions, one after another, as main opens them over a pipe. The process ends with that
 * pipe.
 */
import { Socket } from 'node:net';
import { writeFileSync } from 'node:fs';
import { CHILD_MARK, markStarted } from '../../src/wire/message/nested.ts';
import { FileSlots } from '../../src/wire/slots/file-slots.ts';
import { lowerPriority } from '../session/lower-priority.ts';
import { serveOwnRuns } from '../session/serve-own-runs.ts';
import { Session } from '../session/session.ts';
import { watchStrays } from '../session/strays.ts';
import { startLifeline } from './lifeline.ts';
import { ChildPort } from './child-port.ts';

const MESSAGES = 3;
const SLOTS = 4;
const LIFELINE = 5;

/**
 * Score from -1000 to 1000, by which the kernel picks the child before the process that started it when memory is
 * short.
 */
const OUT_OF_MEMORY_SCORE = '500';

let current: Session | undefined;

lowerPriority();
watchStrays(() => current);
serveOwnRuns();
markStarted();
if (process.argv[2] === CHILD_MARK) process.argv.splice(2, 1);
raiseScore();
keepOutput();
// Ctrl-C reaches all processes of a terminal: what becomes of the items in flight is for main to say.
process.on('SIGINT', () => {});
startLifeline(LIFELINE);

const slots = new FileSlots(SLOTS);
const socket = new Socket({ fd: MESSAGES, readable: true, writable: true });
const port = new ChildPort(socket, MESSAGES, ({ importTimeout, recycle }) => {
  const session = new Session({ port: port.openSession(), slots, importTimeout, recycle });
  current = session;
  port.post({ type: 'ready', threadId: process.pid });
  void session.ended.then(() => port.post({ type: 'ended' }));
});
// Main has closed the pipe, or is gone.
socket.once('close', () => process.exit());

/** Keeps `stdout` open: a pipe is shared with the process that started this one, and would end there as well. */
function keepOutput(): void {
  process.stdout._final = (done) => done();
}

function raiseScore(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', OUT_OF_MEMORY_SCORE);
  } catch {
    // Some containers forbid a new score; then the kernel chooses as it does.
  }
}
