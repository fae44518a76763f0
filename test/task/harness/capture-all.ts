/*
 * The entry of a worker that captures every closure of the conformance tables, and posts what each became: with the file of the
 * closure on the stack, or without.
 */
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import type { CaptureFailure } from '../../../src/task/definition/capture-error.ts';
import type { TaskDefinition } from '../../../src/task/definition/definition.ts';
import { readGraph } from '../../../src/task/definition/graph-bytes.ts';
import { captureTask } from '../../../src/task/capture/capture.ts';
import type { Case, Enter } from '../conformance/case.ts';
import * as classes from '../conformance/classes.ts';
import * as constructors from '../conformance/constructors.ts';
import * as imports from '../conformance/imports.ts';
import * as liveClasses from '../conformance/live-classes.ts';
import * as namespaces from '../conformance/namespaces.ts';
import * as state from '../conformance/state.ts';
import * as statements from '../conformance/statements.ts';
import * as syntax from '../conformance/syntax.ts';
import * as values from '../conformance/values.ts';

/** Outcome of each closure, by its title, and how often all scripts of the thread were listed. */
export interface AllCaptured {
  readonly captured: ReadonlyMap<string, unknown>;
  readonly listings: number;
}

const tables: readonly (readonly [cases: readonly Case[], enter: Enter])[] = [
  [classes.classCases, classes.enter],
  [constructors.constructorCases, constructors.enter],
  [imports.importCases, imports.enter],
  [liveClasses.liveClassCases, liveClasses.enter],
  [namespaces.namespaceCases, namespaces.enter],
  [state.stateCases, state.enter],
  [syntax.syntaxCases, syntax.enter],
  [statements.statementCases, statements.enter],
  [values.valueCases, values.enter],
];

let listings = 0;
const post: unknown = Reflect.get(Session.prototype, 'post');
Reflect.set(Session.prototype, 'post', function (this: Session, method: string, ...rest: unknown[]): void {
  if (method === 'Debugger.enable') listings += 1;
  Reflect.apply(post as () => void, this, [method, ...rest]);
});

const captured = new Map<string, unknown>();
for (const [cases, enter] of tables) {
  for (const { title, task } of cases) {
    if (title.startsWith('five thousand')) continue;
    const capture = (): unknown => describe(captureTask(task));
    captured.set(title, workerData === 'on the stack' ? enter(capture) : capture());
  }
}
parentPort?.postMessage({ captured, listings } satisfies AllCaptured);

/** The answer without what is another one each time. */
function describe(answer: TaskDefinition | CaptureFailure | Promise<unknown>): unknown {
  if (!('kind' in answer) || answer.kind !== 'captured') return answer;
  const { sources, nodes, task } = readGraph(answer.graph);
  const lasting = nodes.map((node) => (node.kind === 'perWorker' ? { ...node, id: '' } : node));
  return { name: answer.name, sources, nodes: lasting, task, attachments: answer.attachments.length };
}
