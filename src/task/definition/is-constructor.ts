/**
 * Returns whether a function makes objects: classes, and functions whose prototype has methods, as classes were written
 * before there was a word for them.
 */
export function isConstructor(maker: unknown): maker is new (...parameters: readonly unknown[]) => unknown {
  if (typeof maker !== 'function') return false;
  if (/^class\b/.test(Function.prototype.toString.call(maker))) return true;
  const prototype: unknown = maker.prototype;
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.hasOwn(prototype, 'constructor') &&
    Object.getOwnPropertyNames(prototype).length > 1
  );
}
