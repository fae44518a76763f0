/** A way into an object; `undefined` for a step that only the run knows, such as `[key]` or an element of a map. */
export type Path = readonly (string | undefined)[];

/** What is done with a variable, or with what it holds, at one place of a text. */
export type Use =
  /** Anything from which the value can be told. */
  | { readonly kind: 'read' }
  /** A member is set or deleted. */
  | Change
  /** A method is called whose result nobody takes. What it does depends on what it is called on. */
  | Call
  /** The variable itself is called. */
  | { readonly kind: 'invoke'; readonly isDropped: boolean };

export interface Change {
  readonly kind: 'change';
  /** The object whose member it is. */
  readonly path: Path;
  /** Whether what is put there is text, a number, or made of arrays, maps, sets and plain objects. */
  readonly isPlain: boolean;
  /** The result is what the function returns: nobody takes it where the function's results are dropped. */
  readonly isReturned: boolean;
  /** Offset in the text. */
  readonly start: number;
}

export interface Call {
  readonly kind: 'call';
  readonly path: Path;
  readonly method: string;
  readonly isPlain: boolean;
  /** As in a change. */
  readonly isReturned: boolean;
  readonly start: number;
}

/** What a function does with each variable of its surroundings. */
export type UsesByName = ReadonlyMap<string, readonly Use[]>;
