import { isData, isLostChange } from './copied.ts';
import { isReachedOtherwise } from './reached.ts';
import type { CallUse, Change, Use, UsesByName } from './text/use.ts';

/** A function that is captured as text, with the values of the variables that it sees. */
export interface CapturedText {
  readonly fn: Function;
  /** Lists the uses of variables; `undefined` where any variable may be read. The list is made at the first need. */
  readonly listUses: () => UsesByName | undefined;
  readonly variables: ReadonlyMap<string, unknown>;
}

/** Data that a task only ever changes, in a copy that nobody sees. */
export interface LostChange<Text extends CapturedText> {
  readonly text: Text;
  readonly name: string;
  /** Offset, in the text of the function, at which the data is changed. */
  readonly start: number;
}

/** One of the texts that see a value, by that name. */
interface Sight<Text extends CapturedText> {
  readonly text: Text;
  readonly name: string;
}

/**
 * Finds captured data that is changed and never read, of which only the worker's copy would know.
 *
 * In doubt nothing is found: an object that is read, that can be reached from others, or that is given to any function,
 * may be the worker's own on purpose, such as a cache.
 *
 * @param task - Its results are taken.
 * @param isLeft - What others may read, by ways that no text shows.
 */
export function findLostChange<Text extends CapturedText>(
  texts: readonly Text[],
  task: unknown,
  isLeft: (value: object, name: string) => boolean,
): LostChange<Text> | undefined {
  const sights = groupByValue(texts);
  const isDropping = (fn: Function): boolean => fn !== task && areResultsDropped(sights.get(fn) ?? []);
  for (const [value, seen] of sights) {
    if (!isData(value)) continue;
    const first = findFirstChange(value, seen, isDropping);
    if (first === undefined || isLeft(value, first.name)) continue;
    if (!isReachedOtherwise(value, listValues(texts))) return first;
  }
  return undefined;
}

function* listValues(texts: readonly CapturedText[]): Generator<unknown> {
  for (const { fn, variables } of texts) {
    yield fn;
    yield* variables.values();
  }
}

function groupByValue<Text extends CapturedText>(texts: readonly Text[]): Map<object, Sight<Text>[]> {
  const sights = new Map<object, Sight<Text>[]>();
  for (const text of texts) {
    for (const [name, value] of text.variables) {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
      const known = sights.get(value);
      if (known === undefined) sights.set(value, [{ text, name }]);
      else known.push({ text, name });
    }
  }
  return sights;
}

function findFirstChange<Text extends CapturedText>(
  value: object,
  seen: readonly Sight<Text>[],
  isDropping: (fn: Function) => boolean,
): LostChange<Text> | undefined {
  const changes: (LostChange<Text> & { readonly use: Change | CallUse })[] = [];
  for (const { text, name } of seen) {
    for (const use of listUses(text, name)) {
      if (!isChange(use) || (use.isReturned && !isDropping(text.fn))) return undefined;
      changes.push({ text, name, start: use.start, use });
    }
  }
  const puts = changes.filter(({ use }) => !use.isPlain).map(({ use }) => use.path.length);
  // A value that is put there decides what stands one step further.
  const shallowest = Math.min(...puts);
  const areLost = changes.every(({ use }) => isLostChange(value, use, use.path.length <= shallowest));
  return areLost ? changes[0] : undefined;
}

function listUses({ listUses: list }: CapturedText, name: string): readonly Use[] {
  const uses = list();
  return uses === undefined ? [{ kind: 'read' }] : (uses.get(name) ?? []);
}

function isChange(use: Use): use is Change | CallUse {
  return use.kind === 'change' || use.kind === 'call';
}

/** Returns whether a function is only ever called, and nobody takes its result. */
function areResultsDropped(seen: readonly Sight<CapturedText>[]): boolean {
  const uses = seen.flatMap(({ text, name }) => listUses(text, name));
  return uses.length > 0 && uses.every((use) => use.kind === 'invoke' && use.isDropped);
}
