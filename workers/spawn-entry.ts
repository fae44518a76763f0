/** What runs on the thread of a spawned object. */
import { workerData } from 'node:worker_threads';
import type { ObjectStart } from '../src/wire/remote/protocol.ts';
import { giveWay } from './give-way.ts';
import { ObjectHost } from './spawn/object-host.ts';

giveWay();

const { port } = workerData as ObjectStart;
// The port's listener keeps it.
void new ObjectHost(port);
