import { type TaskFunction, ThreadWorker } from 'poolifier';
import * as tasks from './every-task.ts';

const worker: ThreadWorker<unknown, unknown> = new ThreadWorker({
  ...(tasks as unknown as Record<string, TaskFunction<unknown, unknown>>),
});
export default worker;
