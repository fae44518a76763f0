/** Returns whether a name leads from an object to what all objects share. No request may have such a name. */
export function isReserved(name: string): boolean {
  // The names are compared one by one: an object may have replaced what sets can do.
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}
