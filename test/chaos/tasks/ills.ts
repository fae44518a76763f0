import { spawnSync } from 'node:child_process';

/** Faults that keep an item from ever being done. */
export const ills = {
  'an endless loop': (): never => {
    for (;;);
  },
  'a promise that never settles': (): Promise<never> => new Promise(() => {}),
  'a regular expression that backtracks': (): boolean => /^(\w+\s?)*$/.test(`${'word '.repeat(40)}!`),
  'a call into the system that blocks': (): unknown =>
    spawnSync(process.execPath, ['-e', 'setTimeout(() => {}, 1_500)']),
} as const;

export type Ill = keyof typeof ills;

export function runIll(item: Ill | number): unknown {
  return typeof item === 'number' ? item : ills[item]();
}

/** Waits, so that a call is in its middle for some time. */
export async function waitAWhile({ id, wait }: { id: number; wait: number }): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, wait));
  return id;
}

/** Computes for so long, and hears no signal. */
export function computeFor(ms: number): number {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return ms;
}

export function exitAlways(code: number): never {
  process.exit(code);
}

/** Exits for a negative number. */
export function exitIfNegative(item: number): number {
  return item < 0 ? process.exit(3) : item;
}

export const makeBytes = (size: number): Uint8Array => new Uint8Array(size).fill(7);

/** Fails with an error that carries things. */
export function failWithFields(id: number): never {
  throw Object.assign(new RangeError(`failure ${id}`, { cause: { id } }), {
    code: 'E_FIELDS',
    status: 418,
    details: { id, list: [1, 2, 3] },
  });
}

/** Fails with an error that cannot be cloned. */
export function failUncloneable(id: number): never {
  throw Object.assign(new Error(`failure ${id}`), { socket: { write() {} }, secret: Symbol('s') });
}

export const things: readonly unknown[] = [
  null,
  undefined,
  false,
  0,
  '',
  'text',
  1n,
  { code: 7 },
  [1],
  new Date(0),
];

/** Fails with what is no error. */
export function throwThing(position: number): never {
  throw things[position];
}

/** Every tenth item leaves an error behind. Items shorter than some 10 µs are not told apart. */
export function leaveStray(id: number): number {
  computeFor(0.05);
  if (id % 10 === 0) {
    if (id % 20 === 0) void Promise.reject(new Error(`left by ${id}`));
    else
      setImmediate(() => {
        throw new Error(`left by ${id}`);
      });
  }
  return id;
}
