import type { CapturedTask, TaskFunction } from '../definition/definition.ts';
import { readGraph } from '../definition/graph-bytes.ts';
import { silenceWarning } from './compile.ts';
import { GraphReviver } from './graph-reviver.ts';
import { mapErrors } from './source-maps.ts';

/** Makes a captured value again on this thread. */
export async function reviveStore({ graph, attachments }: CapturedTask): Promise<unknown> {
  await silenceWarning();
  return await new GraphReviver(readGraph(graph), attachments).revive();
}

/** Makes a captured task again on this thread. */
export async function reviveCaptured({ graph, attachments }: CapturedTask): Promise<TaskFunction> {
  await silenceWarning();
  const { sources, ...rest } = readGraph(graph);
  const task = await new GraphReviver({ sources, ...rest }, attachments).revive();
  return mapErrors(task as TaskFunction, sources);
}
