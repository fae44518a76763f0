import { Deserializer } from 'node:v8';
import type { CapturedTask, TaskFunction } from '../definition.ts';
import type { Graph } from '../graph.ts';
import { silenceWarning } from './compile.ts';
import { GraphReviver } from './graph-reviver.ts';
import { mapErrors } from './source-maps.ts';

/** Makes a captured task again on this thread. */
export async function reviveCaptured({ graph, attachments }: CapturedTask): Promise<TaskFunction> {
  await silenceWarning();
  const deserialiser = new Deserializer(graph);
  deserialiser.readHeader();
  const { sources, ...rest } = deserialiser.readValue() as Graph;
  const task = await new GraphReviver({ sources, ...rest }, attachments).revive();
  return mapErrors(task as TaskFunction, sources);
}
