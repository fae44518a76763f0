/** The entry of the thread of a spawned object. */
import { workerData } from 'node:worker_threads';
import { type ObjectStart, STAGE_LOADING, STAGE_STARTING } from '../src/wire/remote/protocol.ts';
import { markStarted } from '../src/wire/message/nested.ts';
import { lowerPriority } from './session/lower-priority.ts';
import { ObjectHost } from './spawn/object-host.ts';

markStarted();
lowerPriority();

const { port, stage } = workerData as ObjectStart;
// The port is not for the object to use.
Reflect.deleteProperty(workerData as object, 'port');
// The thread was dismissed: nobody waits for it any more, and nothing is under way that its end would cut off.
if (Atomics.compareExchange(stage, 0, STAGE_STARTING, STAGE_LOADING) !== STAGE_STARTING) process.exit();
// The listener of the port keeps the host from being collected.
void new ObjectHost(port, stage);
