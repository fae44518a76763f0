import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskContext } from 'telar';
import type { FaultyItem } from '../faults/script.ts';
import { recordStart } from './record.ts';

/** Makes the result of a healthy item: it tells items apart, and its try. */
export function answerOf(id: number): { id: number; mixed: number } {
  return { id, mixed: Math.imul(id ^ (id >>> 7), 0x2c1b3c6d) };
}

/** Commits the fault of its item until the item is healthy; see `faults/kinds.ts`. */
export function misbehave(item: FaultyItem, _index: number, { attempt }: TaskContext): unknown {
  recordStart(item.record, item.id);
  if (item.fault === undefined || attempt >= item.healthyAt) return answerOf(item.id);
  switch (item.fault) {
    case 'throws':
      throw Object.assign(new RangeError(`fault of ${item.id}`), { code: 'E_FAULT', item: item.id });
    case 'throws-no-error':
      throw notErrors[item.id % notErrors.length];
    case 'rejects':
      return rejectLater(item.id);
    case 'exits':
      return process.exit(item.id % 256);
    case 'loops':
      for (;;);
    case 'hangs':
      return new Promise(() => {});
    case 'returns-uncloneable':
      return { rows: [1, { onClick() {} }] };
    case 'strays':
      leaveStray(item.id);
      return answerOf(item.id);
    case 'exhausts-heap':
      return exhaustHeap();
  }
}

/** Thrown values that are no errors, each of which is a failure all the same. */
export const notErrors: readonly unknown[] = [
  null,
  undefined,
  false,
  0,
  '',
  'text',
  { code: 7 },
  Symbol('thrown'),
];

async function rejectLater(id: number): Promise<never> {
  if (id % 2 === 0) await sleep(1);
  throw new SyntaxError(`fault of ${id}`, { cause: notErrors[id % 6] });
}

/** The item itself is done; what it left behind must hurt nobody. */
function leaveStray(id: number): void {
  if (id % 2 === 0) {
    setTimeout(() => {
      throw new Error(`left by ${id}`);
    }, id % 3);
  } else {
    void Promise.reject(new Error(`left by ${id}`));
  }
}

/** In large steps: small ones would take longer than a time limit allows. */
function exhaustHeap(): never {
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 20_000 }, () => 0.5));
}
