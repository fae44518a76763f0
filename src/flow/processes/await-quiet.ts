import type { Socket } from 'node:net';

/** Number of times that more is waited for, where something was read meanwhile. */
const MOST_TIMES = 20;

/**
 * Calls back once nothing was read from a pipe for some milliseconds. That time may pass while this thread is busy, and
 * does not look at the pipe at all: so the event loop polls once more before it counts.
 *
 * @returns Stops the wait.
 */
export function awaitQuiet(pipe: Socket, length: number, onQuiet: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let times = 0;
  const wait = (): void => {
    const { bytesRead } = pipe;
    const look = (): void => {
      if (isOver) return;
      if (pipe.bytesRead !== bytesRead && ++times < MOST_TIMES) wait();
      else onQuiet();
    };
    timer = setTimeout(() => setImmediate(look), length);
  };
  wait();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
