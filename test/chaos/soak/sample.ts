import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { countWorkers } from '../trial/living.ts';

/** Resources that a process holds at a moment in which nothing runs. */
export interface Sample {
  /** In MB, behind a collection of garbage. */
  readonly rss: number;
  readonly heap: number;
  /** Number of handles that could keep the process awake: ports, timers, pipes, sockets. */
  readonly handles: number;
  /** Open file descriptors; 0 where the system does not list them. */
  readonly files: number;
  /** On `process`, of all events. */
  readonly listeners: number;
  readonly threads: number;
  readonly children: number;
}

const MB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export function takeSample(): Sample {
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    rss: rss / MB,
    heap: heapUsed / MB,
    handles: process.getActiveResourcesInfo().length,
    files: countFiles(),
    listeners: process.eventNames().reduce((sum, event) => sum + process.listenerCount(event), 0),
    threads: countWorkers('thread'),
    children: countWorkers('process'),
  };
}

function countFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
