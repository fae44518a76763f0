import { isPromise } from 'node:util/types';
import { deserialize } from 'node:v8';
import type { CallSite } from '../errors/call-site.ts';
import type { Edge, Graph } from '../task/definition/graph.ts';
import { resolveTask } from '../task/resolve-task.ts';

/** Most bytes of a captured function whose loop is kept. A function that holds more is made anew each time. */
const LONGEST_GRAPH = 16_384;

/**
 * Returns a text that is equal for functions that do the same, call after call: they hold no objects, so no call can
 * leave anything behind in them for the next. Returns `undefined` where that cannot be said.
 */
export function describeFunctions(functions: readonly Function[], site: CallSite): string | undefined {
  let key = '';
  for (const fn of functions) {
    const definition = resolveAlone(fn, functions, site);
    if (definition === undefined) return undefined;
    if (isPromise(definition)) {
      // A host that has no inspector: it is looked up once more for the call, which tells what is amiss with it.
      definition.catch(() => undefined);
      return undefined;
    }
    if (definition.kind === 'reference') {
      key += `\n${definition.url}#${definition.name}`;
      continue;
    }
    const { graph, attachments } = definition;
    if (attachments.length > 0 || graph.length > LONGEST_GRAPH) return undefined;
    if (!isStateless(deserialize(graph) as Graph)) return undefined;
    key += `\n${Buffer.from(graph).toString('latin1')}`;
  }
  return key;
}

/**
 * Resolves one function by itself. Returns `undefined` for a function that cannot travel without the others: what it
 * changes, they may read.
 */
function resolveAlone(
  fn: Function,
  functions: readonly Function[],
  site: CallSite,
): ReturnType<typeof resolveTask> | undefined {
  try {
    return resolveTask(fn, site);
  } catch (error) {
    const [first, second] = functions;
    if (second === undefined || !canTravel(() => [first, second])) throw error;
    return undefined;
  }
}

function canTravel(task: () => unknown): boolean {
  try {
    const definition = resolveTask(task);
    if (isPromise(definition)) definition.catch(() => undefined);
    return true;
  } catch {
    return false;
  }
}

/**
 * Tells whether a graph has only functions, what they import, and plain values: no class, whose static fields may
 * count.
 */
function isStateless({ sources, nodes, task }: Graph): boolean {
  return (
    isPlain(task) &&
    sources.every(({ kind }) => kind !== 'class') &&
    nodes.every((node) => {
      switch (node.kind) {
        case 'reference':
        case 'import':
        case 'require':
        case 'global':
        case 'symbol':
          return true;
        case 'function':
          return (
            node.parent === undefined &&
            node.properties.length + node.prototype.length === 0 &&
            node.bindings.every(isPlain)
          );
        default:
          return false;
      }
    })
  );
}

function isPlain(edge: Edge): boolean {
  return typeof edge === 'number' || typeof edge.value !== 'object' || edge.value === null;
}
