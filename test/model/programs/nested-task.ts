import { run } from 'telar';
import { type ObjectItem, performCall } from './tasks.ts';

/** The task of single calls that makes the same call in turn. What that takes to load is here, apart from its time limit. */
export async function performNested(item: ObjectItem, retries: number): Promise<unknown> {
  return await run(performCall, [item], { retries });
}
