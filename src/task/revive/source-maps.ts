import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isPromise } from 'node:util/types';
import { readStack, setStack } from '../../errors/stack.ts';
import { isAsyncGenerator, isGenerator } from '../../async/iterator-step.ts';
import type { TaskFunction } from '../definition/definition.ts';
import type { SourceText } from '../definition/graph.ts';

/**
 * Gives the errors that leave a task stacks with the lines that the user wrote.
 *
 * @remarks
 * Node maps only what its module loader loaded. Costs nothing where the main thread does not map its own stacks: the
 * task is then returned as it is.
 */
export function mapErrors(task: TaskFunction, sources: readonly SourceText[]): TaskFunction {
  const maps = new Map(
    sources.flatMap((source) => (source.sourceMapUrl === undefined ? [] : [[source.file, source]])),
  );
  // A class is not wrapped, since it is made and not called.
  if (maps.size === 0 || /^class\b/.test(Function.prototype.toString.call(task))) return task;
  const rethrow = (error: unknown): never => {
    if (error instanceof Error) mapStack(error, maps);
    throw error;
  };
  return (item, index, context) => {
    try {
      const result = task(item, index, context);
      if (isPromise(result)) return result.catch(rethrow);
      if (!isGenerator(result)) return result;
      return isAsyncGenerator(result) ? passOnLater(result, rethrow) : passOn(result, rethrow);
    } catch (error) {
      return rethrow(error);
    }
  };
}

function* passOn(results: Generator, rethrow: (error: unknown) => never): Generator {
  try {
    return yield* results;
  } catch (error) {
    return rethrow(error);
  }
}

async function* passOnLater(results: AsyncGenerator, rethrow: (error: unknown) => never): AsyncGenerator {
  try {
    return yield* results;
  } catch (error) {
    return rethrow(error);
  }
}

const loaded = new Map<string, SourceMap | undefined>();

function mapStack(error: Error, maps: ReadonlyMap<string, SourceText>): void {
  let stack = readStack(error);
  for (const [file, source] of maps) {
    const position = new RegExp(`${escape(file)}:(\\d+):(\\d+)`, 'g');
    stack = stack?.replace(position, (place, line: string, column: string) => {
      const entry = loadMap(source)?.findEntry(Number(line) - 1, Number(column) - 1);
      if (entry === undefined || !('originalSource' in entry)) return place;
      const original = new URL(entry.originalSource, source.url).href;
      return `${original}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
  }
  if (stack !== undefined) setStack(error, stack);
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Loads a map. One that is missing or broken leaves the stack as it is. */
function loadMap({ sourceMapUrl, url }: SourceText): SourceMap | undefined {
  if (sourceMapUrl === undefined) return undefined;
  if (!loaded.has(sourceMapUrl)) {
    try {
      loaded.set(sourceMapUrl, new SourceMap(JSON.parse(readMap(sourceMapUrl, url)) as SourceMapPayload));
    } catch {
      loaded.set(sourceMapUrl, undefined);
    }
  }
  return loaded.get(sourceMapUrl);
}

function readMap(sourceMapUrl: string, url: string): string {
  const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/s.exec(sourceMapUrl);
  if (inline === null) return readFileSync(fileURLToPath(new URL(sourceMapUrl, url)), 'utf8');
  const data = inline[2] ?? '';
  return inline[1] === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString();
}
