import workerpool from 'workerpool';
import * as tasks from './every-task.ts';

workerpool.worker({ ...tasks });
