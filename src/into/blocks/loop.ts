/** Makes a loop around functions of the user. */
type Factory = (...functions: never[]) => unknown;

/** Number of loops that a worker keeps for later calls. */
const MOST_KEPT = 64;

const kept = new Map<string, unknown>();
let count = 0;

/**
 * Creates a loop of its own for each set of functions: the engine then knows the one function that it calls and
 * compiles it into the loop. One loop for all would be told a new closure each time, which V8 11 (Node 20) calls from
 * outside from the second on, at three times the time for short functions.
 *
 * The loop is kept, with its functions, where nobody can tell them from new ones: a later call then begins with the
 * machine code that an earlier one ended with.
 *
 * @param key - Text that tells functions apart which are made anew for each call; see `describeFunctions`.
 * @returns `undefined` where code from strings is forbidden: the caller has a loop that serves.
 */
export function createLoop<F extends Factory>(
  key: string | undefined,
  names: readonly string[],
  body: string,
  functions: Parameters<F>,
): ReturnType<F> | undefined {
  const known = key === undefined ? undefined : kept.get(key);
  if (known !== undefined) return known as ReturnType<F>;
  count += 1;
  let loop: unknown;
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- nothing of the user's is in the text.
    const create = new Function(...names, `/* ${count} */ ${body}`) as Factory;
    loop = create(...functions);
  } catch {
    return undefined;
  }
  if (key !== undefined) keepLoop(key, loop);
  return loop as ReturnType<F>;
}

function keepLoop(key: string, loop: unknown): void {
  kept.set(key, loop);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
}

/**
 * Calls a loop so that V8 never compiles it into its caller: with all of the engine around it, the loop takes up to a
 * third longer. When it is compiled apart, later calls find the machine code of the first.
 *
 * @remarks V8 does not inline a call that meets different functions in turns. The call is made once for each block.
 */
export function callApart<Parameters extends readonly unknown[], Value>(
  loop: (...values: Parameters) => Value,
  ...values: Parameters
): Value {
  call(nothing, ...values);
  return call(loop, ...values);
}

function call<Parameters extends readonly unknown[], Value>(
  fn: (...values: Parameters) => Value,
  ...values: Parameters
): Value {
  return fn(...values);
}

function nothing(..._values: readonly unknown[]): void {}
