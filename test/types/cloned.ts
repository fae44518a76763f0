/*
 * The type of a result says what arrives: a clone, without functions. Compiling is the test: the functions are never called.
 */
import { parallelMap, parallelMapSettled, parallelMapIterable, pipeline, stop, transfer } from 'telar';
import type { Cloned, Settled, TaskContext, Uncloneable } from 'telar';
import { Mutex, share, type SharedText } from 'telar/memory';
import { assertType } from './same.ts';

class Point {
  readonly x: number = 1;
  y?: string;
  #hidden = 1;
  private kept = 2;
  get length(): number {
    return this.#hidden + this.kept;
  }
  move(): Point {
    return this;
  }
}
class Bare {
  x = 1;
}
interface Row {
  readonly id: number;
  name?: string;
  tags: readonly string[];
}
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface Tree {
  readonly value: number;
  readonly children: readonly Tree[];
  parent?: Tree;
}
type List = readonly [number, List] | null;
type Id = string & { readonly __brand: 'Id' };
declare const brand: unique symbol;
type Kept = { readonly a: number } & { readonly [brand]: true };
type Color = 1 | 2;
type Shape = { kind: 'circle'; r: number } | { kind: 'square'; a: number };
interface Data {
  date: Date;
  map: Map<string, Row>;
  set: ReadonlySet<Id>;
  bytes: Uint8Array;
  floats: Float64Array<SharedArrayBuffer>;
  buffer: Buffer;
  error: RangeError;
  pattern: RegExp;
  url: URL;
  big: bigint;
  // oxlint-disable-next-line no-explicit-any -- what users write.
  any: any;
  unknown: unknown;
  rest: Record<string, unknown>;
  tuple: readonly [id: number, name?: string, ...others: boolean[]];
}

async function once<R>(task: (item: number, index: number, context: TaskContext) => R): Promise<void> {
  await parallelMap([1], task);
}
void once;

export async function leavesDataAsItIs(
  json: Json,
  tree: Tree,
  data: Data,
  list: List,
  id: Id,
  kept: Kept,
): Promise<void> {
  assertType<Row[]>()(await parallelMap([1], (): Row => ({ id: 1, tags: [] })), true);
  assertType<Row[][]>()(await parallelMap([1], (): Row[] => []), true);
  assertType<Json[]>()(await parallelMap([1], () => json), true);
  assertType<Tree[]>()(await parallelMap([1], () => tree), true);
  assertType<List[]>()(await parallelMap([1], () => list), true);
  assertType<Data[]>()(await parallelMap([1], () => data), true);
  assertType<Id[]>()(await parallelMap([1], () => id), true);
  assertType<Kept[]>()(await parallelMap([1], () => kept), true);
  assertType<Shape[]>()(await parallelMap([1], (r): Shape => ({ kind: 'circle', r })), true);
  assertType<Color[]>()(await parallelMap([1], () => 1 as Color), true);
  assertType<(Row | undefined)[]>()(
    await parallelMap([1], async (): Promise<Row | undefined> => undefined),
    true,
  );
  assertType<boolean[]>()(await parallelMap([1], (value) => value > 1), true);
  assertType<void[]>()(await parallelMap([1], () => {}), true);
  assertType<Bare[]>()(await parallelMap([1], () => new Bare()), true);
  assertType<Buffer[]>()(await parallelMap([1], () => data.buffer), true);
  assertType<Map<Id, Row[]>[]>()(await parallelMap([1], () => new Map<Id, Row[]>()), true);
  assertType<Error[]>()(await parallelMap([1], () => new Error('of an item')), true);
  assertType<Uint8Array<ArrayBuffer>[]>()(await parallelMap([1], () => transfer(new Uint8Array(1))), true);
  assertType<[number, string][]>()(await parallelMap([1], (value): [number, string] => [value, 'a']), true);
  assertType<unknown[]>()(await parallelMap([1], (value): unknown => value), true);
  assertType<object[]>()(await parallelMap([1], (): object => ({})), true);
  assertType<Mutex[]>()(await parallelMap([1], () => new Mutex()), true);
  assertType<SharedText[]>()(await parallelMap([1], () => share('text' as string)), true);
  const anything = await parallelMap([1], () => data.any);
  anything[0].goes.everywhere();
  assertType<Row[]>()(await parallelMap([1], function* (): Generator<Row> {}), true);
  assertType<Settled<Row>[]>()(await parallelMapSettled([1], (): Row => ({ id: 1, tags: [] })), true);
}

export async function leavesOutMethods(): Promise<void> {
  const points = await parallelMap([1], () => new Point());
  assertType<Cloned<Point>[]>()(points, true);
  const x: number | undefined = points[0]?.x;
  const y: string | undefined = points[0]?.y;
  void [x, y];
  // @ts-expect-error -- a clone has no methods.
  points[0]?.move();
  // @ts-expect-error -- and is no instance of its class.
  const point: Point | undefined = points[0];
  void point;
  const deep = await parallelMap([1], async () => ({
    list: [new Point()],
    map: new Map([[1, new Point()]]),
  }));
  assertType<number | undefined>()(deep[0]?.list[0]?.x, true);
  // @ts-expect-error -- at every depth.
  deep[0]?.list[0]?.move();
  // @ts-expect-error -- at every depth.
  deep[0]?.map.get(1)?.move();
  for await (const each of parallelMapIterable([1], () => new Point())) {
    // @ts-expect-error -- as an iterable, too.
    each.move();
  }
  const [settled] = await parallelMapSettled([1], () => new Point());
  // @ts-expect-error -- and in outcomes.
  if (settled?.status === 'fulfilled') settled.value.move();
  const yielded = await parallelMap([1], function* () {
    yield new Point();
    return stop;
  });
  // @ts-expect-error -- and in what is yielded.
  yielded[0]?.move();
  const either = await parallelMap([1], (value) => (value > 1 ? new Point() : 'none'));
  assertType<(Cloned<Point> | 'none')[]>()(either, true);
}

export async function refusesFunctions(): Promise<void> {
  const results = await parallelMap([1], (value) => () => value);
  assertType<Uncloneable[]>()(results, true);
  // @ts-expect-error -- no function arrives.
  results[0]?.();
  // @ts-expect-error -- no function arrives.
  const made: (() => number)[] = await parallelMap([1], (value) => () => value);
  const classes = await parallelMap([1], () => Point);
  // @ts-expect-error -- nor a class.
  void new classes[0]!();
  // @ts-expect-error -- items are cloned as well.
  await parallelMap([() => 1], (item) => item());
  // @ts-expect-error -- items are cloned as well.
  await parallelMap([Point], (item) => new item());
  void made;
}

/* What users wrap. */

function mapAll<T, R>(items: T[], f: (x: T) => R) {
  return parallelMap(items, f);
}

async function mapTwice<T, R>(
  items: Iterable<T>,
  f: (x: T, index: number) => Promise<R>,
): Promise<unknown[]> {
  const all = await parallelMap(items, f, { workers: 2 });
  return [...all, ...(await parallelMap(items, (item, index) => f(item, index)))];
}

async function pluck<T extends { id: number }, K extends keyof T>(
  items: readonly T[],
  key: K,
): Promise<number> {
  const ids = await parallelMap(items, (item) => item.id);
  await parallelMap(items, (item) => item[key]);
  return ids[0] ?? 0;
}

class Mapper<T, R> {
  readonly #task: (item: T) => R;
  constructor(task: (item: T) => R) {
    this.#task = task;
  }
  async *run(items: AsyncIterable<T>) {
    yield* parallelMapIterable(items, this.#task);
  }
  pipe(items: T[]) {
    return pipeline(items).cpu(this.#task).batch(10);
  }
}

export async function wraps(): Promise<void> {
  assertType<number[]>()(await mapAll(['a'], (text) => text.length), true);
  assertType<Row[]>()(await mapAll([1], async (id): Promise<Row> => ({ id, tags: [] })), true);
  assertType<Cloned<Point>[]>()(await mapAll([1], () => new Point()), true);
  await mapTwice(new Set([1]), async (value) => value);
  await pluck([{ id: 1, name: 'a' }], 'name');
  const mapper = new Mapper((text: string) => text.length);
  for await (const size of mapper.run((async function* () {})())) assertType<number>()(size, true);
  assertType<number[][]>()(await mapper.pipe(['a']).toArray(), true);
}
