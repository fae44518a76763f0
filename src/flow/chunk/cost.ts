import { describeReturned } from '../../options/arguments.ts';
import { optionError } from '../../options/check.ts';
import { describeValue } from '../../errors/describe.ts';
import type { DeclaredCosts } from './supply.ts';

/** Asks for the cost of each item of an array, and sorts them: the largest first, equal ones in input order. */
export function orderByCost(input: unknown, cost: (item: never) => number): DeclaredCosts {
  if (!Array.isArray(input)) {
    throw optionError(
      `Expected an array as the input of a call with \`cost\`, got ${describeValue(input)}: ` +
        'to run the largest items first, all must be known.',
    );
  }
  const costs = new Float64Array(input.length);
  let total = 0;
  for (let index = 0; index < input.length; index++) {
    const value: unknown = cost(input[index] as never);
    if (typeof value !== 'number' || !(value >= 0) || value === Infinity) {
      throw optionError(
        `Expected \`cost\` to return a finite number from 0, got ${describeReturned(value)} for item ${index}.`,
        RangeError,
      );
    }
    costs[index] = value;
    total += value;
  }
  const order = Float64Array.from(costs.keys()).sort(
    (a, b) => (costs[b] as number) - (costs[a] as number) || a - b,
  );
  return { costs, order, total };
}
