import { isUint8Array } from 'node:util/types';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import {
  addWritten,
  countPosted,
  type Gauge,
  type OutputLink,
  type OutputMessage,
} from '../../wire/message/output.ts';

/** The output of one thread, as the main thread sees it. */
interface Output {
  readonly port: MessagePort;
  readonly gauge: Gauge;
  /** Count that the gauge showed when the port was last empty. */
  seen: number;
}

/** Outputs of pools that are open: at the end of the process, what their threads have posted is still written. */
const open = new Set<Outputs>();

/**
 * Writes what the threads of a pool print to the streams of this thread: complete, and in order for each thread.
 */
export class Outputs {
  readonly #outputs = new Set<Output>();

  add({ port, gauge }: OutputLink): void {
    const output: Output = { port, gauge, seen: 0 };
    this.#outputs.add(output);
    if (open.size === 0) process.on('exit', flushAll);
    open.add(this);
    port.on('message', (message: unknown) => write(message, gauge));
    // The event comes after all messages. To touch the port then would crash Node 20.
    port.on('close', () => this.#outputs.delete(output));
    // Sessions keep the process alive, and the output of an idle thread does not.
    port.unref();
  }

  /**
   * Writes all that has been posted, without waiting for the event loop. This is called before an answer is handed on,
   * so that what an item printed stands before its result. Cost: 20 ns for each thread that printed nothing.
   */
  flush(): void {
    for (const output of this.#outputs) {
      const posted = countPosted(output.gauge);
      if (posted === output.seen) continue;
      output.seen = posted;
      drain(output);
    }
  }

  /** Writes what is left when the threads have ended, and closes their ports. */
  close(): void {
    for (const output of this.#outputs) {
      drain(output);
      output.port.close();
    }
    this.#outputs.clear();
    open.delete(this);
    if (open.size === 0) process.off('exit', flushAll);
  }
}

function flushAll(): void {
  for (const outputs of open) outputs.flush();
}

function drain({ port, gauge }: Output): void {
  for (let said = receiveMessageOnPort(port); said; said = receiveMessageOnPort(port))
    write(said.message, gauge);
}

function write(message: unknown, gauge: Gauge): void {
  // A task that has come by the port may send anything.
  if (!isOutput(message)) return;
  const { stream: name, chunk, encoding } = message;
  const stream = process[name];
  block(stream);
  let isHeld = true;
  const release = (): void => {
    if (!isHeld) return;
    isHeld = false;
    addWritten(gauge, chunk.length);
  };
  try {
    if (typeof chunk === 'string') stream.write(chunk, encoding as BufferEncoding, release);
    else stream.write(Buffer.from(chunk.buffer), release);
  } finally {
    // A `write` that somebody has put in the place of the stream's own, to see what is printed, may never call back.
    if (!stream.writableNeedDrain || Object.hasOwn(stream, 'write')) release();
  }
}

/** The handle that Node's sockets have underneath. */
interface Blockable {
  readonly _handle?: { setBlocking?(isOn: boolean): unknown } | null;
}

const blocked = new WeakSet<object>();

/**
 * Makes writes to a pipe wait until they are done, as Node does with files and terminals, and with pipes on Windows:
 * what a pipe has not taken yet is lost at `process.exit()`. A reader that is slow holds up this thread then.
 */
function block(stream: NodeJS.WriteStream): void {
  if (blocked.has(stream)) return;
  blocked.add(stream);
  (stream as Blockable)._handle?.setBlocking?.(true);
}

function isOutput(message: unknown): message is OutputMessage {
  if (typeof message !== 'object' || message === null) return false;
  const { stream, chunk, encoding } = message as Record<string, unknown>;
  if (stream !== 'stdout' && stream !== 'stderr') return false;
  if (isUint8Array(chunk)) return true;
  return typeof chunk === 'string' && Buffer.isEncoding(String(encoding));
}
