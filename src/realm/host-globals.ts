import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

/*
 * What Node has, and the realm of a test may lack, as that of jsdom under Jest does. The bundler puts it in the place of the
 * globals of these names (`build.js`).
 */

/** Clones as the global does, through a port. */
function cloneByPort<T>(value: T): T {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(value);
    return (receiveMessageOnPort(port2) as { message: T }).message;
  } finally {
    port1.close();
    port2.close();
  }
}

// An import would read all that node:util exports, and so load more than a program needs.
const TextDecoder: typeof globalThis.TextDecoder = process.getBuiltinModule('node:util').TextDecoder;
const known = Reflect.get(globalThis, 'structuredClone') as typeof cloneByPort | undefined;
const structuredClone: typeof cloneByPort = known ?? cloneByPort;

export { structuredClone, MessageChannel, TextDecoder };
