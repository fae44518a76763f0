import { Deserializer } from 'node:v8';
import type { CapturedTask, TaskFunction } from '../definition.ts';
import type { Graph } from '../graph.ts';
import { silenceWarning } from './compile.ts';
import { GraphReviver } from './graph-reviver.ts';

/** Makes a captured task again on this thread. */
export async function reviveCaptured({ graph, attachments }: CapturedTask): Promise<TaskFunction> {
  await silenceWarning();
  const deserialiser = new Deserializer(graph);
  deserialiser.readHeader();
  return (await new GraphReviver(deserialiser.readValue() as Graph, attachments).revive()) as TaskFunction;
}
