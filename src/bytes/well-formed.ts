/** Matches one half of a pair of surrogates without the other one. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Says whether a text has a form in UTF-8 and UTF-16: whether no half of a pair of surrogates stands alone in it. */
export function isWellFormed(text: string): boolean {
  // Node has `isWellFormed` from 20 on, the library of types from ES2024.
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** Finds the first half of a pair of surrogates that stands alone; -1 when none does. */
export function findLoneSurrogate(text: string): number {
  return text.search(LONE);
}

/** Refuses a text that has no form in UTF-8, as it would be written as another text. */
export function assertWellFormed(text: string, what: string): void {
  if (isWellFormed(text)) return;
  throw new TypeError(
    `Expected ${what} to have a form in UTF-8, got half of a character (a lone surrogate) at position ` +
      `${findLoneSurrogate(text)}. Cut texts between characters, or use toWellFormed().`,
  );
}
