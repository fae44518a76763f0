/** One after the other: the sequential program. */
import { runMixed } from './run-mixed.ts';
import { type Summed, sumText } from './work.ts';

await runMixed(async (urls) => {
  const results: Summed[] = [];
  for (const url of urls) results.push(sumText(await (await fetch(url)).text()));
  return results;
});
