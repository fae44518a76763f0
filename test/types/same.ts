type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when the value has exactly the type that is given: `assertType<number[]>()(value, true)`. */
export function assertType<Expected>(): <Actual>(value: Actual, isSame: Same<Actual, Expected>) => void {
  return () => {};
}
