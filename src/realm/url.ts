import { fileURLToPath } from 'node:url';

/** Tells whether a value is a URL: of this realm, or of Node where a test's realm has another class for them. */
export function isUrl(value: unknown): value is URL {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof URL || Object.prototype.toString.call(value) === '[object URL]';
}

/** Returns the path that a file's URL stands for, and anything else as it is. */
export function toPath<T>(target: T | URL): T | string {
  return isUrl(target) ? fileURLToPath(target) : target;
}
