import { describeValue } from '../errors/describe.ts';
import { assertKnown, optionError, RESOURCE_LIMITS } from './check.ts';

/**
 * Throws unless the limits of a thread are known ones, each megabytes above 0. `new Worker` takes no notice of the
 * others, which would leave a thread without the limit that somebody counts on.
 */
export function assertResourceLimits(limits: unknown): void {
  if (limits === undefined) return;
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits)) {
    throw optionError(
      `Expected \`resourceLimits\` to be an object such as { maxOldGenerationSizeMb: 512 }, got ${describeValue(limits)}.`,
    );
  }
  assertKnown(limits, RESOURCE_LIMITS);
  for (const name of RESOURCE_LIMITS) {
    const value: unknown = Reflect.get(limits, name);
    if (value === undefined || (typeof value === 'number' && value > 0 && value < Infinity)) continue;
    throw optionError(
      `Expected \`resourceLimits.${name}\` to be megabytes above 0, got ${describeValue(value)}.`,
      typeof value === 'number' ? RangeError : TypeError,
    );
  }
}
