/** All tasks that the workers of all libraries know: for single items, and for a chunk of items at once. */
export * from '../../tasks.ts';
export * from './chunk-tasks.ts';
