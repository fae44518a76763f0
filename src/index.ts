export { CloneError, ItemError, TaskError, TaskTimeoutError, TelarError, WorkerError } from './errors.ts';
export type { ItemContext, WorkerEnd } from './errors.ts';
