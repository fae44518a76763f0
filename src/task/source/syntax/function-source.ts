import type { ImportSource } from './imports.ts';
import type { SyntaxNode } from './parser.ts';

export type BindingKind = 'import' | 'var' | 'let' | 'const' | 'function' | 'class' | 'parameter' | 'self';

/** A declared name. */
export interface Binding {
  readonly name: string;
  readonly kind: BindingKind;
  /** Offset of the name where it is declared. */
  readonly start: number;
  /** Module that an imported name comes from. */
  readonly importedFrom: ImportSource | undefined;
  /** The expression that a declaration without a pattern starts with. */
  readonly init: SyntaxNode | undefined;
  /** Offset of the end of the declaration: its first value is set from here on. */
  readonly end: number;
  /** Whether anything assigns to the name after its declaration, and where. */
  assigned: boolean;
  readonly assignments: number[];
  /** Whether the name is used in other ways than as a cache of its own: `name || (name = made([…]))`. */
  isUsedPlainly: boolean;
  /** Whether the name's new value is ever worked out from its old one, as that of a counter is. */
  isCounted: boolean;
  /** Whether more is done with the value than to give it to a call. */
  isLookedAt: boolean;
}

/** A name that a function uses and does not declare. */
export interface FreeVariable {
  readonly name: string;
  /** Declaration that the name refers to in its script, if the script declares it. */
  readonly binding: Binding | undefined;
  /** Offset of the first use. */
  readonly start: number;
  /** Offset of the first assignment, if there is one. */
  assignedAt: number | undefined;
  /** The members that are read off the variable by their names; `undefined` if it is used in any other way. */
  members: Map<string, MemberUse> | undefined;
}

/** A member that is read off something by its name. */
export interface MemberUse {
  /** Whether it is called as a method. */
  isCalled: boolean;
  /** The members that are read off it in turn; `undefined` if it is used in any other way. */
  members: Map<string, MemberUse> | undefined;
}

/** A part of a class body that comes into being with the class. */
export interface ClassMember {
  readonly owner: FunctionSource;
  readonly kind: 'method' | 'getter' | 'setter' | 'field' | 'block';
  readonly isStatic: boolean;
  /** Name of the part; `undefined` for a computed key and a private name. */
  readonly key: string | undefined;
  /** Offsets of the expression of a computed key, without its brackets. */
  readonly computed: { readonly start: number; readonly end: number } | undefined;
  readonly start: number;
  readonly end: number;
  /** Variables that only a computed key, or only a static block, uses from outside of the class. */
  readonly free: Map<string, FreeVariable>;
}

export type FunctionKind = 'arrow' | 'function' | 'method' | 'getter' | 'setter' | 'class';

/** All that the text of a function or class says about it. */
export interface FunctionSource {
  readonly kind: FunctionKind;
  /** Offsets of the whole, as `toString` gives it: for methods with their name. */
  readonly start: number;
  readonly end: number;
  /** Offset of the parameters: for methods, the text from here on is free of the name. */
  readonly bodyStart: number;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  readonly isStrict: boolean;
  readonly free: Map<string, FreeVariable>;
  /** Offset of the first use of each thing that only the surroundings of the function can give it. */
  readonly borrowed: Map<Borrowed, number>;
  /** Offsets of each `import.meta`. */
  readonly importMetas: { readonly start: number; readonly end: number }[];
  /** Names used in a computed name or a static part: a class needs these to come into being. */
  readonly eager: Set<string>;
  /** Offsets of the expression after `extends`. */
  readonly superClass: { readonly start: number; readonly end: number } | undefined;
  /** Offset of the first `#name` that instances of this class carry. */
  privateMember: number | undefined;
  /** The parts of a class body, but for its constructor. */
  readonly members: ClassMember[];
  /** The part of a class that a method, getter or setter is. */
  readonly member: ClassMember | undefined;
  /** Offset of the first direct use of `this` other than as a bare argument, in a function that has one of its own. */
  ownThis: number | undefined;
  /** Whether the function uses a `this` of its own in any way. */
  usesThis: boolean;
}

export type Borrowed = 'this' | 'super' | 'arguments' | 'new.target' | 'eval' | 'private name';
