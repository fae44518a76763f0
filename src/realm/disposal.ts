type Kind = 'dispose' | 'asyncDispose';

/**
 * Returns the symbol that `using` or `await using` asks an object for. Node 20 has the symbols in its main realm only;
 * in others, such as those of test runners, compilers ask for registered ones.
 */
export function findDisposalSymbol(kind: Kind): symbol {
  return (Reflect.get(Symbol, kind) as symbol | undefined) ?? Symbol.for(`Symbol.${kind}`);
}

/**
 * Names the disposal method of an object. Where there is no such symbol, the method was named `undefined`: it gets the
 * name that it is asked for by.
 */
export function nameDisposal(object: object, kind: Kind): void {
  const method = Object.getOwnPropertyDescriptor(object, 'undefined');
  if (method === undefined) return;
  Reflect.deleteProperty(object, 'undefined');
  Object.defineProperty(object, findDisposalSymbol(kind), method);
}
