import { createOwnMemory } from '../../shared/memory/own-memory.ts';
import type { CaptureFailure } from '../definition/capture-error.ts';
import type { CapturedTask, TaskDefinition, TaskReference } from '../definition/definition.ts';
import type { Edge } from '../definition/graph.ts';
import { writeGraph } from '../definition/graph-bytes.ts';
import { InspectorError, lacksInspector } from '../locate/connection.ts';
import { closeScripts } from '../locate/read-script.ts';
import { findImported } from '../reference/find-imported.ts';
import { UnreadableError } from '../source/analysis.ts';
import { learnFile } from '../source/unseen/read-file.ts';
import { findCallFile } from '../source/unseen/read-function.ts';
import { GraphBuilder } from './builder/graph-builder.ts';
import { Origins } from './builder/origins.ts';
import { describeRefusal, describeUnseen, Refusal } from './builder/refusal.ts';
import { showLine } from './builder/user-line.ts';
import { assertChangesSeen } from './closures/changes.ts';
import { encodeFunction } from './functions.ts';
import { findLargest } from './largest.ts';
import { encodeObject } from './objects.ts';
import { fillWeak } from './weak.ts';

export { listReads } from '../source/list-reads.ts';

type Answer = TaskDefinition | CaptureFailure;

/** Size from which a graph is put into shared memory instead of being cloned for each worker, in bytes. */
const sharedFrom = 16_384;

/**
 * Finds out how a function can reach a worker: as a reference, or as a graph that any worker can revive.
 *
 * @remarks The values of now are what travels. They are serialised once, however many workers get them.
 *
 * @param stack - Stack of the call: on a host that has no inspector, a function is looked for in the file that made it.
 * @param isConstructed - Whether the worker calls the function with `new`, so that it may use `this`.
 */
export function captureTask(task: Function, stack?: string, isConstructed = false): Answer | Promise<Answer> {
  const callFile = findCallFile(stack);
  const capture = (): Answer =>
    explainFailure(task, () => {
      const start = performance.now();
      const builder = new GraphBuilder({ encodeFunction, encodeObject }, new Origins(callFile));
      const edge = builder.encode(task, undefined);
      const node = typeof edge === 'number' ? builder.nodes[edge] : undefined;
      if (node?.kind === 'reference') return node;
      if (node?.kind === 'function' && !isConstructed) assertNoReceiver(builder, task);
      fill(builder);
      assertChangesSeen(builder, task);
      return finish(builder, edge, task.name, start);
    });
  const answer = capture();
  if (answer.kind === 'reference' || callFile === undefined || !lacksInspector()) return answer;
  return findImported(task, callFile).then(async (imported) => {
    if (imported !== undefined) return imported;
    return answer.kind === 'failure' && (await learnFile(callFile)) ? capture() : answer;
  });
}

/**
 * Turns a value that is no task into a graph that any worker can revive.
 *
 * @param stack - Stack of the call: where there is no inspector, functions are looked for in the file that made it.
 */
export function captureStore(store: unknown, stack?: string): CapturedTask | CaptureFailure {
  return explainFailure({ name: 'store' }, () => {
    const start = performance.now();
    const builder = new GraphBuilder({ encodeFunction, encodeObject }, new Origins(findCallFile(stack)));
    const edge = builder.encode(store, undefined);
    fill(builder);
    return finish(builder, edge, 'store', start);
  });
}

/**
 * Captures something, or says as data why it cannot travel: the classes of errors that users see exist once, in the
 * half that loads this one.
 */
function explainFailure<Captured extends CapturedTask | TaskReference>(
  named: { readonly name: string },
  capture: () => Captured,
): Captured | CaptureFailure {
  try {
    return capture();
  } catch (error) {
    if (error instanceof Refusal) return describeRefusal(named.name, error);
    if (error instanceof InspectorError || error instanceof UnreadableError)
      return describeUnseen(named.name, error);
    throw error;
  } finally {
    closeScripts();
  }
}

/** Refuses a function that uses `this`: a task is called without one. */
function assertNoReceiver(builder: GraphBuilder, task: Function): void {
  const facts = builder.origins.inspect(task);
  const start = builder.origins.findSource(facts)?.ownThis;
  if (start === undefined || facts.script === undefined) return;
  const fix = 'Pass `(item) => object.method(item)`, which captures the object, or use bind().';
  throw new Refusal(
    'function',
    `uses \`this\`${showLine(facts.script, start)}, and a task is called without one`,
    fix,
    undefined,
  );
}

function fill(builder: GraphBuilder): void {
  builder.fillAll();
  fillWeak(builder);
  builder.symbols.assertHeld();
}

function finish(builder: GraphBuilder, edge: Edge, name: string, start: number): CapturedTask {
  const graph = serialise(builder, edge);
  const { attachments, nodes, texts } = builder;
  const cost = { ms: performance.now() - start, largest: findLargest({ nodes, sources: texts.sources }) };
  return { kind: 'captured', name, graph, attachments, cost };
}

function serialise({ texts, nodes }: GraphBuilder, task: Edge): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = writeGraph({ sources: texts.sources, nodes, task });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      'function',
      `uses a value that cannot be cloned (${message})`,
      'Pass only what the task needs of it.',
      undefined,
      { cause: error },
    );
  }
  const memory = bytes.length < sharedFrom ? new ArrayBuffer(bytes.length) : createOwnMemory(bytes.length);
  const graph = new Uint8Array(memory);
  graph.set(bytes);
  return graph;
}
