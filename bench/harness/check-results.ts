import { isDeepStrictEqual } from 'node:util';
import { type Comparison, prepareInput } from './contender.ts';

/**
 * Runs every contender once and throws unless all give what the plain loop gives. It warms them up, too: their
 * workers have started and have compiled the task.
 */
export async function checkResults<Input extends ArrayLike<unknown>, Output>(
  comparison: Comparison<Input, Output>,
): Promise<void> {
  const [loop, ...others] = comparison.contenders;
  const expected = await loop.run(prepareInput(comparison, loop));
  for (const contender of others) {
    const input = prepareInput(comparison, contender);
    const count = input.length;
    const results = await contender.run(input);
    if (results.length !== count) {
      throw new Error(`${contender.name} gave ${results.length} results for ${count} items.`);
    }
    for (let at = 0; at < count; at++) {
      if (results[at] === expected[at] || isDeepStrictEqual(results[at], expected[at])) continue;
      throw new Error(
        `${contender.name} gave another result than ${loop.name} for item ${at}: ` +
          `${JSON.stringify(results[at])} instead of ${JSON.stringify(expected[at])}.`,
      );
    }
  }
}
