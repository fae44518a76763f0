import type { CapturedTask, TaskFunction } from '../definition.ts';

export async function reviveCaptured(definition: CapturedTask): Promise<TaskFunction> {
  throw new Error(`${definition.name} cannot travel yet.`);
}
