import { isConstructor } from '../definition/is-constructor.ts';
import { createOwnMemory } from '../../shared/memory/own-memory.ts';
import type { CapturedTask, TaskReference } from '../definition/definition.ts';
import type { Edge, Graph } from '../definition/graph.ts';
import { writeGraph } from '../definition/graph-bytes.ts';
import type { CaptureFailure } from '../definition/capture-error.ts';
import { assertChangesSeen } from './closures/changes.ts';
import { encodeFunction } from './functions.ts';
import { GraphBuilder } from './builder/graph-builder.ts';
import { Origins } from './builder/origins.ts';
import { findLargest } from './largest.ts';
import { encodeObject } from './objects.ts';
import { fillWeak } from './weak.ts';
import { describeRefusal, Refusal } from './builder/refusal.ts';
import { showLine } from './builder/user-line.ts';

/** Size from which a graph is put into shared memory instead of being cloned for each worker, in bytes. */
const sharedFrom = 16_384;

/**
 * Turns a function into a definition that any worker can revive, or says why it cannot travel.
 *
 * @remarks The values of now are what travels. They are serialised once, however many workers get them.
 */
export function captureTask(
  task: Function,
  callFile?: string,
  isMaker = false,
): CapturedTask | TaskReference | CaptureFailure {
  try {
    return buildTask(task, callFile, isMaker);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'failure', ...describeRefusal(task.name, error), fix: error.fix, cause: error.cause };
  }
}

/** Turns a value that is no task into a graph that any worker can revive, or says why it cannot travel. */
export function captureStore(store: unknown, callFile?: string): CapturedTask | CaptureFailure {
  const start = performance.now();
  try {
    const builder = new GraphBuilder({ encodeFunction, encodeObject }, new Origins(callFile));
    const edge = builder.encode(store, undefined);
    fill(builder);
    return finish(builder, edge, 'store', start);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'failure', ...describeRefusal('store', error), fix: error.fix, cause: error.cause };
  }
}

function finish(builder: GraphBuilder, edge: Edge, name: string, start: number): CapturedTask {
  const graph = serialise(builder, edge);
  const { attachments, nodes, texts } = builder;
  const cost = { ms: performance.now() - start, largest: findLargest({ nodes, sources: texts.sources }) };
  return { kind: 'captured', name, graph, attachments, cost };
}

function fill(builder: GraphBuilder): void {
  builder.fillAll();
  fillWeak(builder);
  builder.symbols.assertHeld();
}

function buildTask(
  task: Function,
  callFile: string | undefined,
  isMaker: boolean,
): CapturedTask | TaskReference {
  const start = performance.now();
  const builder = new GraphBuilder({ encodeFunction, encodeObject }, new Origins(callFile));
  const edge = builder.encode(task, undefined);
  const node = typeof edge === 'number' ? builder.nodes[edge] : undefined;
  if (node?.kind === 'reference') return node;
  if (node?.kind === 'function' && !(isMaker && isConstructor(task))) assertNoReceiver(builder, task);
  fill(builder);
  assertChangesSeen(builder, task);
  return finish(builder, edge, task.name, start);
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

function serialise(builder: GraphBuilder, task: Graph['task']): Uint8Array {
  const { texts, nodes } = builder;
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
