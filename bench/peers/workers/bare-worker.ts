/** A worker thread without any library: takes its items at the start, and says its results. */
import { parentPort, workerData } from 'node:worker_threads';
import { meet, type Meeting, runSmall } from '../../tasks.ts';

export interface BareWork {
  readonly items?: readonly number[];
  readonly meeting?: Meeting;
}

const { items, meeting } = workerData as BareWork;
if (meeting !== undefined) meet(meeting);
parentPort?.postMessage((items ?? []).map((item) => runSmall(item)));
// Stays until it is told to end, as a pool's worker does.
parentPort?.on('message', () => {});
