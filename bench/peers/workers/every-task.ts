/** What the workers of all libraries know: the tasks, and these for a chunk of items at once. */
export * from '../../tasks.ts';
export * from './chunk-tasks.ts';
