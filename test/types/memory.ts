/*
 * What users write of shared memory compiles, with the types that they expect; what is wrong does not. Compiling is the
 * test: the functions are never called.
 */
import {
  AtomicCounter,
  Channel,
  Mutex,
  Semaphore,
  share,
  type SharedMap,
  type SharedSet,
  type SharedText,
} from 'telar/memory';
import { assertType } from './same.ts';

export async function locks(): Promise<void> {
  using held = await new Mutex().lock({ signal: new AbortController().signal });
  held.release();
  using _permit = await new Semaphore(2).acquire();
  assertType<number>()(new AtomicCounter(1).add(), true);
  // @ts-expect-error -- a semaphore needs its number of permits.
  void new Semaphore();
  // @ts-expect-error -- no such option.
  void new Mutex().lock({ timeout: 5 });
}

export async function channels(): Promise<void> {
  const channel = new Channel<{ id: number }>({ capacity: 5 });
  await channel.send({ id: 1 });
  // @ts-expect-error -- of another type.
  await channel.send({ id: '1' });
  for await (const value of channel) assertType<{ id: number }>()(value, true);
  for (const value of channel) assertType<{ id: number }>()(value, true);
  const { done, value } = await channel.receive();
  if (done !== true) assertType<{ id: number }>()(value, true);
}

export function shared(): void {
  assertType<Float64Array<ArrayBuffer>>()(share(new Float64Array(1)), true);
  assertType<SharedText>()(share('text' as string), true);
  assertType<SharedSet<string>>()(share(new Set<string>()), true);
  assertType<SharedMap<string, readonly number[]>>()(share(new Map<string, number[]>()), true);
  assertType<number>()(share(5 as number), true);
  const rows = share([{ id: 1, name: 'a', tags: new Set(['b']), inner: [1] }]);
  assertType<
    readonly {
      readonly id: number;
      readonly name: string;
      readonly tags: SharedSet<string>;
      readonly inner: readonly number[];
    }[]
  >()(rows, true);
  // @ts-expect-error -- nothing is written.
  rows[0] = rows[1];
  // @ts-expect-error -- nothing is written.
  rows.push(rows[0]);
}
