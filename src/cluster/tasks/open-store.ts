import { CaptureError } from '../../task/definition/capture-error.ts';
import type { CapturedTask } from '../../task/definition/definition.ts';
import type { Edge, GraphNode } from '../../task/definition/graph.ts';
import { readGraph } from '../../task/definition/graph-bytes.ts';
import { reviveStore } from '../../task/revive-task.ts';
import { encodeBody } from '../../wire/frames/frame.ts';

const FIX = 'Give data, and let the task, which is an export of a module, do what code is to do.';

/**
 * Returns the value that a call gives to its tasks, as it was when the call began.
 *
 * @throws CaptureError where it is more than data: source text from a network is never run, and memory does not cross.
 */
export async function openStore(captured: CapturedTask | undefined): Promise<unknown> {
  if (captured === undefined) return undefined;
  const code = readGraph(captured.graph).nodes.find((node) => !isData(node));
  if (code !== undefined) throw refuse(`holds ${KINDS[code.kind] ?? 'what is no data'}`);
  const store = await reviveStore(captured);
  try {
    encodeBody(store);
  } catch (cause) {
    throw refuse(`cannot be copied (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
  return store;
}

const KINDS: Partial<Record<GraphNode['kind'], string>> = {
  function: 'a function',
  reference: 'a function',
  import: 'what a module exports',
  object: 'an object of a class, or with getters',
  attachment: 'what only threads of one program can share',
  view: 'shared memory',
  seal: 'shared memory',
};

/** Tells whether a value is one that items could be. */
function isData(node: GraphNode): boolean {
  if (node.kind !== 'object') return node.kind === 'buffer';
  const { prototype, properties, base } = node;
  const isPlain = prototype === undefined || isNull(prototype);
  const isRead = properties.every(({ key, get, set }) => typeof key === 'string' && !get && !set);
  return isPlain && isRead && base !== 'weakmap' && base !== 'weakset';
}

function isNull(edge: Edge): boolean {
  return typeof edge === 'object' && edge.value === null;
}

function refuse(reason: string, cause?: unknown): CaptureError {
  return new CaptureError(
    `\`store\` cannot travel to other machines: it ${reason}. ${FIX}`,
    { path: 'store', reason, fix: FIX },
    cause === undefined ? undefined : { cause },
  );
}
