import { refusedFunctions } from './refused/functions.ts';
import { refusedHandles } from './refused/handles.ts';
import { refusedInner } from './refused/inner.ts';
import type { Refused } from './refused/refused.ts';
import { refusedValues } from './refused/values.ts';

const key = 'field';

/** Closures that cannot travel. */
export const refusedTasks: readonly Refused[] = [
  ...refusedFunctions,
  ...refusedValues,
  ...refusedHandles,
  ...refusedInner,
];

/** Captured on the spot by the test, as it is initialised when the module is. */
export const captureEarly = (resolve: (task: () => unknown) => unknown): unknown => {
  const task = (): unknown => tooEarly;
  const result = resolve(task);
  const tooEarly = key;
  return tooEarly === key ? result : undefined;
};
