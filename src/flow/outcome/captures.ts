import { type CaptureSummary, mergeCaptures } from '../../progress/summary.ts';
import type { CapturedTask } from '../../task/definition/definition.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';

/** Sums up what all functions of a call capture; returns `undefined` if none captures anything. */
export function sumCaptures(definition: WorkDefinition | undefined): CaptureSummary | undefined {
  const captures = [...listCaptured(definition)].map(({ graph, cost }) => ({ bytes: graph.length, ...cost }));
  return mergeCaptures(captures);
}

/** Lists the captured functions of a definition; those of a chain stand at many places of it. */
function* listCaptured(part: unknown): Generator<CapturedTask> {
  if (typeof part !== 'object' || part === null) return;
  if (isCaptured(part)) yield part;
  else for (const inner of Object.values(part)) yield* listCaptured(inner);
}

function isCaptured(part: object): part is CapturedTask {
  return 'kind' in part && part.kind === 'captured';
}
