/*
 * The types of a pipeline say what each stage and each end gets: on the workers what the stage before gave, on the calling
 * thread what arrives. Compiling is the test: the functions are never called.
 */
import { type Pipeline, pipeline, skip } from 'telar';
import type { Cloned } from 'telar';
import { assertType } from './same.ts';

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
  move(): Point {
    return new Point(this.x + 1);
  }
}
class Special extends Point {
  readonly isSpecial = true;
}
const isSpecial = (point: Point): point is Special => point instanceof Special;
const numbers = [1, 2, 3];
const points = pipeline(numbers).cpu((x) => (x > 1 ? new Point(x) : skip));

export async function arrivesAtEnds(): Promise<void> {
  assertType<Cloned<Point>[]>()(await points.toArray(), true);
  assertType<Cloned<Point>[]>()(await points.topK(1, (point) => point.move().x), true);
  assertType<Cloned<Point>>()(
    await points.reduce({
      init: () => new Point(0),
      step: (state) => state.move(),
      merge: (before) => before,
    }),
    true,
  );
  await points.forEach((point) => assertType<Cloned<Point>>()(point, true));
  for await (const point of points) assertType<Cloned<Point>>()(point, true);
  for await (const point of points.iterate()) assertType<Cloned<Point>>()(point, true);
  assertType<number[]>()(
    await pipeline(numbers)
      .cpu((x) => x)
      .toArray(),
    true,
  );
  assertType<number>()(await points.count(), true);
}

export async function arrivesAtStages(): Promise<void> {
  // Stages on the workers have what the stage before them gave.
  assertType<number[]>()(await points.cpu((point) => point.move().x).toArray(), true);
  assertType<Cloned<Special>[]>()(await points.filter(isSpecial).toArray(), true);
  assertType<Cloned<Point>[]>()(await points.filter((point) => point.move().x > 1).toArray(), true);
  assertType<Cloned<Point>[]>()(await points.distinct((point) => point.move().x).toArray(), true);
  assertType<Cloned<Point>[]>()(await points.flatMap((point) => [point.move()]).toArray(), true);
  // Stages on the event loop have what arrives.
  points.tap((point) => assertType<Cloned<Point>>()(point, true));
  points.io((point) => assertType<Cloned<Point>>()(point, true));
  assertType<Cloned<Point>[][]>()(await points.batch(2).toArray(), true);
  // @ts-expect-error -- it has no methods there.
  points.tap((point) => point.move());
  // What the event loop gives stays what it is, until it goes to the workers.
  assertType<Point[]>()(
    await pipeline(numbers)
      .io((x) => new Point(x))
      .toArray(),
    true,
  );
  assertType<[number, Cloned<Point>][]>()(
    await pipeline(numbers)
      .groupBy((x) => x % 2, {
        init: () => new Point(0),
        step: (state) => state.move(),
        merge: (before) => before,
      })
      .toArray(),
    true,
  );
}

export function refusesFunctions(): void {
  // @ts-expect-error -- functions do not travel to the workers.
  pipeline([() => 1]).cpu((give) => give());
}

/** A wrapper that knows nothing of its items. */
function everyOther<T>(stages: Pipeline<T>): Pipeline<T> {
  return stages.filter((_, index) => index % 2 === 0).tap(() => {});
}

export async function wraps(): Promise<void> {
  assertType<number[]>()(await everyOther(pipeline(numbers)).toArray(), true);
  assertType<Cloned<Point>[]>()(await everyOther(points).toArray(), true);
}
