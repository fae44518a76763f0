/** Makes a task from what it works on: memory first, the user's functions after. */
type Factory = (...values: never[]) => (from: number) => unknown;

/** Loops made lately. A program has few functions; one that makes them by the thousand would keep all their text. */
const MOST_LOOPS = 256;
const factories = new Map<string, Factory>();

/**
 * A loop of its own for each function of the user's: the engine then knows what it calls and compiles it into the
 * loop, where one loop for all would call it from outside, at some 3 ns an element.
 *
 * @param fn - The function that the loop is for.
 * @param names - The variables that the body is given.
 * @returns `undefined` where code from strings is forbidden: the caller has a loop that serves.
 */
export function createLoop<F extends Factory>(
  fn: Function,
  names: readonly string[],
  body: string,
): F | undefined {
  // By its text, so that a closure made anew finds the code that was compiled for the one before.
  const mark = hashText(Function.prototype.toString.call(fn));
  const code = `return (from) => { /* ${mark} */ ${body} };`;
  let factory = factories.get(code);
  if (factory === undefined) {
    try {
      // oxlint-disable-next-line typescript/no-implied-eval -- nothing of the user's is in the text but a number.
      factory = new Function(...names, code) as Factory;
    } catch {
      return undefined;
    }
    factories.set(code, factory);
    const [oldest] = factories.keys();
    if (factories.size > MOST_LOOPS && oldest !== undefined) factories.delete(oldest);
  }
  return factory as F;
}

/** FNV-1a. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
