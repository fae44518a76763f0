/** What runs on the thread of a spawned object. */
import { workerData } from 'node:worker_threads';
import type { ObjectStart } from '../src/wire/remote/protocol.ts';
import { markStarted } from '../src/wire/message/nested.ts';
import { giveWay } from './session/give-way.ts';
import { ObjectHost } from './spawn/object-host.ts';

markStarted();
giveWay();

const { port, started } = workerData as ObjectStart;
Atomics.store(started, 0, 1);
// The port's listener keeps it.
void new ObjectHost(port);
