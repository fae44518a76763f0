import { subscribe } from 'node:diagnostics_channel';
import { getEnvironmentData, setEnvironmentData, threadId, type Worker } from 'node:worker_threads';
import { shareOnThread } from '../../realm/thread-registry.ts';

/**
 * The threads of the process that have ended: at the place of each thread's number, the number (from 1) of the last
 * thread of that place that did. Behind all places, the thread that started each, since threads end with the one that
 * started them.
 * Numbers of threads are never used again.
 */
export type ThreadDeaths = Int32Array & { readonly buffer: SharedArrayBuffer };

const PLACES = 65_536;
/** Name of the one memory for the process, also when two copies of Telar were installed. */
const KEY = 'telar.deaths';

/** Returns the number with which this thread signs what it holds. Never 0. */
export function signature(): number {
  return threadId + 1;
}

/**
 * Notes the end of every thread that this one starts from now on, where all threads can see it. Called before the
 * first worker starts, so that whatever a worker holds can be missed.
 *
 * @remarks Workers inherit the memory with the environment data of Node. Cost: a page or two, and a listener for each
 * worker. After 65,536 more threads, the end of one is forgotten.
 */
export function watchThreads(): ThreadDeaths {
  return shareOnThread('deaths', openDeaths);
}

function openDeaths(): ThreadDeaths {
  const inherited: unknown = getEnvironmentData(KEY);
  const deaths =
    inherited instanceof Int32Array
      ? (inherited as ThreadDeaths)
      : new Int32Array(new SharedArrayBuffer(2 * PLACES * Int32Array.BYTES_PER_ELEMENT));
  setEnvironmentData(KEY, deaths);
  subscribe('worker_threads', (message) => {
    const { worker } = message as { worker: Worker };
    // A worker that has ended has no number any more.
    const own = worker.threadId;
    Atomics.store(deaths, PLACES + (own % PLACES), signature());
    worker.once('exit', () => Atomics.store(deaths, own % PLACES, own + 1));
  });
  return deaths;
}

/** Returns whether the thread with this signature has ended, or one that it lived in. The main thread, 1, has not. */
export function hasEnded(deaths: ThreadDeaths, signed: number): boolean {
  for (let at = signed; at > 1; at = Atomics.load(deaths, PLACES + ((at - 1) % PLACES))) {
    if (Atomics.load(deaths, (at - 1) % PLACES) === at) return true;
  }
  return false;
}
