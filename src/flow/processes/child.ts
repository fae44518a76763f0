import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createDeferred, type Deferred } from '../../async/deferred.ts';
import { FileSlots } from '../../wire/slots/file-slots.ts';
import type { HostedSession, SessionEnd, SessionTerms } from '../hosts/host.ts';
import { awaitQuiet } from './await-quiet.ts';
import { EndCause } from './child-end.ts';
import { PipePort } from './pipe-port.ts';
import type { SlotFile } from './slot-file.ts';
import { WorkerRecord } from '../hosts/worker-record.ts';

/** The place of the pipe that ends with this process, over which nothing comes: see workers/process/lifeline.ts. */
const LIFELINE = 5;
/** The page size of Linux, in which `statm` counts. */
const PAGE = 4096;
/** Milliseconds for which a child's pipes may be held open, after its exit, by a process that it started. */
const LINGER = 500;

/** One child process, which serves one session after another. */
export class Child {
  /** Resolves when the child has ended and all that it said was heard. */
  readonly ended: Promise<void>;
  readonly record: WorkerRecord;

  readonly #process: ChildProcess;
  readonly #file: SlotFile;
  readonly #cause = new EndCause();
  readonly #port: PipePort;
  readonly #limit: number;
  readonly #onIdle: (child: Child) => void;
  #session: Deferred<SessionEnd> | undefined;
  #hasEnded = false;
  #hasServed = false;

  /**
   * @param file - File for the child's slots, closed with the child.
   * @param memory - The most resident memory that the child may have, in bytes.
   * @param onIdle - Called when the child's session has ended; it can serve another.
   */
  constructor(child: ChildProcess, file: SlotFile, memory: number, onIdle: (child: Child) => void) {
    this.#process = child;
    this.record = new WorkerRecord(child.pid ?? 0);
    this.#file = file;
    this.#limit = memory;
    this.#onIdle = onIdle;
    const { stderr, stdio } = this.#process;
    stderr?.on('data', (piece: Uint8Array) => {
      this.#cause.addStderr(piece);
      process.stderr.write(piece);
    });
    for (const stream of stdio) stream?.on('error', () => {});
    this.#port = new PipePort(
      stdio[3] as Socket,
      () => this.#endSession(),
      (thrown) => {
        this.#cause.note({ kind: 'crash', thrown });
        this.#process.kill('SIGKILL');
      },
    );
    const ended = createDeferred();
    this.ended = ended.promise;
    this.#process.once('error', (thrown) => {
      this.#end({ kind: 'crash', thrown });
      ended.resolve();
    });
    this.#process.once('exit', (code, signal) => {
      let stopWaiting = (): void => {};
      const finish = (): void => {
        stopWaiting();
        this.#end(this.#cause.describe(code, signal, this.#port.hasHeard));
        ended.resolve();
      };
      // What the child said before it ended is read first.
      this.#process.once('close', finish);
      stopWaiting = awaitQuiet(stdio[3] as Socket, LINGER, finish);
    });
    this.#keepAwake(false);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  open({ importTimeout, recycle }: SessionTerms): HostedSession {
    const session = createDeferred<SessionEnd>();
    const isWarm = this.#hasServed;
    this.#hasServed = true;
    this.#session = session;
    this.#keepAwake(true);
    this.#port.post({ type: 'open', importTimeout, recycle });
    return {
      port: this.#port,
      slots: new FileSlots(this.#file.fd),
      record: this.record,
      worker: isWarm ? 'warm' : 'fresh',
      ended: session.promise,
      terminate: () => {
        this.terminate();
        return this.#process.pid;
      },
      keepAwake: (isAwake) => {
        if (this.#session === session) this.#keepAwake(isAwake);
      },
      readStop: () => readStop(this.#process.pid),
    };
  }

  /** Asks the child to end, once it has nothing to do. */
  end(): void {
    // The child keeps this process alive while it ends, since whoever closes waits for it.
    this.#process.ref();
    (this.#process.stdio[3] as Socket | null)?.end();
  }

  /** Ends the child at once: also in native code, and inside a call into the system. */
  terminate(): void {
    this.#cause.noteTerminated();
    this.#process.kill('SIGKILL');
  }

  /** Ends the child when it has more memory than it may have. Linux only: elsewhere nothing tells. */
  watch(): void {
    if (this.#session === undefined) return;
    if (readResident(this.#process.pid) <= this.#limit) return;
    const thrown = new Error(`it took more than ${this.#limit} bytes`);
    this.#cause.note({ kind: 'out-of-memory', thrown });
    this.#process.kill('SIGKILL');
  }

  #endSession(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#port.close();
    this.#keepAwake(false);
    session?.resolve({ kind: 'ended' });
    this.#onIdle(this);
  }

  #end(end: SessionEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#session?.resolve(end);
    this.#session = undefined;
    for (const stream of this.#process.stdio) stream?.destroy();
    // The session still reads from the slots when it hears of the end, so the file is closed in a later turn.
    setImmediate(() => this.#file.close());
  }

  /** Sets whether the child keeps this process alive; a child without a session does not. */
  #keepAwake(isAwake: boolean): void {
    const way = isAwake ? 'ref' : 'unref';
    this.#process[way]();
    const streams = this.#process.stdio as readonly (Socket | null)[];
    for (const stream of streams) stream?.[way]?.();
    streams[LIFELINE]?.unref();
  }
}

/** Linux only: elsewhere nothing tells. */
function readStop(pid: number | undefined): string | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  if (!/^State:\tT /m.test(status)) return undefined;
  // A process that was let go on for a moment, as limiters of CPU time do, was switched since.
  return status.match(/^\w*voluntary_ctxt_switches:.*/gm)?.join() ?? 'stopped';
}

function readResident(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE;
  } catch {
    return 0;
  }
}
