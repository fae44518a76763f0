import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/**
 * Takes the next message that waits at a port whose other end is gone. One that cannot be decoded is taken off as well.
 *
 * @param onUndecodable - Called for each message that cannot be decoded.
 */
export function takeMessage(
  port: MessagePort,
  onUndecodable: (thrown: unknown) => void,
): { readonly message: unknown } | undefined {
  for (;;) {
    try {
      return receiveMessageOnPort(port) as { readonly message: unknown } | undefined;
    } catch (thrown) {
      onUndecodable(thrown);
    }
  }
}
