import { Worker } from 'node:worker_threads';

/** Reads a pipe that nobody writes to, and ends the process with it. */
const WATCH = `
  const { workerData } = require('node:worker_threads');
  const { Socket } = require('node:net');
  const end = () => process.kill(process.pid, 'SIGKILL');
  new Socket({ fd: workerData, readable: true, writable: false }).on('error', end).on('close', end).resume();
`;

/**
 * Ends this process when the one that started it is gone, however that ended, also while an item runs that never lets
 * the event loop turn. The watch is on a thread of its own (some 4 MB), since nothing else would see the pipe end then.
 */
export function startLifeline(fd: number): void {
  const thread = new Worker(WATCH, {
    eval: true,
    workerData: fd,
    // Flags of the program, such as `--input-type`, would else hold for this thread.
    execArgv: [],
    // Modules that NODE_OPTIONS preloads might end the thread.
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
    stdout: true,
    stderr: true,
  });
  thread.unref();
  thread.on('error', () => {});
}
