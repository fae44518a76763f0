/** A way into an object; `undefined` for a step that only the run knows, such as `[key]` or an element of a map. */
export type Path = readonly (string | undefined)[];

/** One use of a variable, or of what it holds, at one place of a text. */
export type Use =
  /** The value can be told from this use. */
  | { readonly kind: 'read' }
  /** A member is set or deleted. */
  | Change
  /** A method is called whose result nobody takes. What it does depends on what it is called on. */
  | CallUse
  /** The variable itself is called. */
  | { readonly kind: 'invoke'; readonly isDropped: boolean };

export interface Change {
  readonly kind: 'change';
  /** Path to the object whose member is changed. */
  readonly path: Path;
  /** Whether the new value is text, a number, or made of arrays, maps, sets and plain objects. */
  readonly isPlain: boolean;
  /** Whether the result is what the function returns: nobody takes it where the function's results are dropped. */
  readonly isReturned: boolean;
  /** Offset of the use in the text. */
  readonly start: number;
}

export interface CallUse {
  readonly kind: 'call';
  readonly path: Path;
  readonly method: string;
  readonly isPlain: boolean;
  /** Whether the result is what the function returns, as of a change. */
  readonly isReturned: boolean;
  readonly start: number;
}

/** Uses that a function makes of each variable of its surroundings. */
export type UsesByName = ReadonlyMap<string, readonly Use[]>;
