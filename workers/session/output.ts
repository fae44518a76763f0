import { MessageChannel, type MessagePort } from 'node:worker_threads';
import {
  addHeld,
  awaitRoom,
  createGauge,
  type Gauge,
  notePosted,
  type OutputLink,
  type OutputMessage,
  type OutputStream,
} from '../../src/wire/message/output.ts';

/**
 * Takes over `process.stdout` and `process.stderr` of this thread: each write is posted to main at once, over one port
 * for both, so that nothing is lost when the thread ends and the order stays. Node's own streams hold writes
 * back until main has taken those before, and forget them at `process.exit()`, a crash or `terminate()`.
 *
 * A thread waits while main has 4 MB of its output to write.
 */
export function postOutput(): OutputLink {
  const { port1, port2 } = new MessageChannel();
  const gauge = createGauge();
  takeOver(process.stdout, 'stdout', port1, gauge);
  takeOver(process.stderr, 'stderr', port1, gauge);
  return { port: port2, gauge };
}

function takeOver(stream: NodeJS.WriteStream, name: OutputStream, port: MessagePort, gauge: Gauge): void {
  // Writable itself calls `_write`, so that callbacks, 'drain', cork and `end` work as ever.
  stream._write = (chunk: string | Uint8Array, encoding, done) => {
    try {
      awaitRoom(gauge);
      // A view may show a small part of a large buffer, all of which would be cloned.
      const text = typeof chunk === 'string' ? chunk : Uint8Array.prototype.slice.call(chunk);
      const message: OutputMessage = { stream: name, chunk: text, encoding };
      addHeld(gauge, text.length);
      port.postMessage(message, typeof text === 'string' ? [] : [text.buffer]);
      notePosted(gauge);
      done();
    } catch (thrown) {
      done(thrown as Error);
    }
  };
  // Writable would else hand several writes at once to Node's own `_writev`.
  Reflect.set(stream, '_writev', null);
}
