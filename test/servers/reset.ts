import type { Socket } from 'node:net';

/**
 * Ends a connection as a network that fails does: at once, and without a farewell.
 *
 * @remarks
 * libuv refuses to reset a socket that is about to be shut down, and Node (20 to 26) takes it for closed all the same:
 * at its end the process waits for it for ever, at full speed. Such a socket is destroyed.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
