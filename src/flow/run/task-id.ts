import type { WorkDefinition } from '../../wire/message/message.ts';

let nextTaskId = 0;
const referenceIds = new Map<string, number>();

/**
 * Returns the id of a task. References mean the same in every run, so workers keep what they loaded; a capture is new
 * each time.
 */
export function identifyTask(definition: WorkDefinition): number {
  if (definition.kind !== 'reference') return nextTaskId++;
  const key = `${definition.url}#${definition.name}`;
  let id = referenceIds.get(key);
  if (id === undefined) referenceIds.set(key, (id = nextTaskId++));
  return id;
}
