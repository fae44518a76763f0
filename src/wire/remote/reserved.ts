/** Names that lead from an object to what all objects share. No request may name them. */
export function isReserved(name: string): boolean {
  // Compared one by one: an object may have replaced what sets can do.
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}
