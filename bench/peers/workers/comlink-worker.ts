import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import * as tasks from './every-task.ts';

if (parentPort !== null) expose({ ...tasks }, nodeEndpoint(parentPort));
