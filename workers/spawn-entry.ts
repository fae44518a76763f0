/** What runs on the thread of a spawned object. */
import { workerData } from 'node:worker_threads';
import { type ObjectStart, STAGE_LOADING, STAGE_STARTING } from '../src/wire/remote/protocol.ts';
import { markStarted } from '../src/wire/message/nested.ts';
import { giveWay } from './session/give-way.ts';
import { ObjectHost } from './spawn/object-host.ts';

markStarted();
giveWay();

const { port, stage } = workerData as ObjectStart;
// It is no port of the object's.
Reflect.deleteProperty(workerData as object, 'port');
// Nobody waits for it any more, and nothing is under way that its end would cut off.
if (Atomics.compareExchange(stage, 0, STAGE_STARTING, STAGE_LOADING) !== STAGE_STARTING) process.exit();
// The port's listener keeps it.
void new ObjectHost(port, stage);
