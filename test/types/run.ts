/*
 * What users write compiles, with the types that they expect and no annotation; what is wrong does not. Compiling is
 * the test: the functions are never called.
 */
import { importTasks, type Pool, run, skip, stop, transfer } from 'telar';
import { assertType } from './same.ts';

const resize = (image: Uint8Array, width: number, height?: number): Promise<Uint8Array> =>
  Promise.resolve(image.subarray(width, height));
class Point {
  readonly x = 1;
  move(): void {}
}

export async function typesArgumentsAndResults(pool: Pool, image: Uint8Array): Promise<void> {
  assertType<Uint8Array>()(await run(resize, [image, 1]), true);
  assertType<Uint8Array>()(await pool.run(resize, [transfer(image), 1, 2], { timeout: 10 }), true);
  assertType<number>()(await run((a: number, b: number) => a + b, [1, 2]), true);
  assertType<number>()(await run((...all: number[]) => all.length, [1, 2, 3]), true);
  assertType<void>()(await run(() => {}, []), true);
  const { x } = await run(() => new Point(), []);
  assertType<number>()(x, true);
  // @ts-expect-error -- an argument is missing.
  await run(resize, [image]);
  // @ts-expect-error -- an argument is too many.
  await run(resize, [image, 1, 2, 3]);
  // @ts-expect-error -- an argument has the wrong type.
  await run(resize, [image, '1']);
  // @ts-expect-error -- a pool runs on itself.
  await pool.run(resize, [image, 1], { pool });
}

export async function typesMarksAndGenerators(): Promise<void> {
  const pick = (n: number): string | typeof skip | typeof stop => (n > 1 ? 'a' : n > 0 ? skip : stop);
  assertType<string | undefined>()(await run(pick, [1]), true);
  function* count(): Generator<number | typeof skip> {
    yield 1;
    yield skip;
  }
  assertType<number[]>()(await run(count, []), true);
  const tasks = importTasks<{ half: (n: number) => Promise<number> }>('file:///half.js');
  assertType<number>()(await run(tasks.half, [1]), true);
}
