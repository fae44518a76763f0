import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/**
 * The next message that waits at a port whose other end is gone. One that cannot be decoded is taken off as well.
 *
 * @param onUndecodable - Is told of each of those.
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
