/** A captured task as data: functions and objects are nodes, and refer to each other by position. */
export interface Graph {
  readonly sources: readonly SourceText[];
  readonly nodes: readonly GraphNode[];
  readonly task: Edge;
}

/** An edge to the position of a node, or a value that can be cloned as it is. */
export type Edge = number | { readonly value: unknown };

/** The text of one function or class. Closures made from the same text share it. */
export interface SourceText {
  readonly kind: 'arrow' | 'function' | 'method' | 'getter' | 'setter' | 'class';
  readonly text: string;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  readonly isStrict: boolean;
  /** URL of the place of the text: stack traces show it, and its relative imports start from it. */
  readonly url: string;
  /** The name that stack traces show, when it is no URL. */
  readonly file: string;
  /** Position of the text in its file, counted from 0. */
  readonly line: number;
  readonly column: number;
  /** The variables that the text gets from outside. */
  readonly names: readonly string[];
  /** The variables that the text assigns to. */
  readonly assignedNames: readonly string[];
  /** The variables that a class needs to come into being. */
  readonly eagerNames: readonly string[];
  /** The name that stands for `import.meta` in the text. */
  readonly metaName: string | undefined;
  /** The name that stands for what a class extends. */
  readonly parentName: string | undefined;
  /** URL of the text's source map, when the main thread maps its stacks. */
  readonly sourceMapUrl: string | undefined;
}

export type GraphNode =
  | FunctionNode
  | ObjectNode
  | BoundNode
  | { readonly kind: 'prototype'; readonly of: Edge }
  | MemberNode
  | { readonly kind: 'reference'; readonly url: string; readonly name: string }
  | ImportNode
  /** The `require` of a CommonJS module, or what it gives for one path. */
  | { readonly kind: 'require'; readonly base: string; readonly path: string | undefined }
  | { readonly kind: 'global'; readonly path: readonly string[] }
  /** A part of one of Node's own modules. */
  | { readonly kind: 'builtin'; readonly url: string; readonly path: readonly string[] }
  | { readonly kind: 'symbol'; readonly key: string; readonly isWellKnown: boolean }
  /** A symbol that a package made for itself: the worker makes another one of that description. */
  | { readonly kind: 'ownSymbol'; readonly description: string | undefined }
  | { readonly kind: 'buffer'; readonly bytes: Uint8Array }
  | { readonly kind: 'attachment'; readonly index: number }
  | ViewNode
  | { readonly kind: 'text'; readonly type: TextType; readonly text: string }
  | { readonly kind: 'importMeta'; readonly url: string }
  | PerWorkerNode
  | GlobalStateNode
  | RegistryNode
  | OnThreadNode
  | SealNode;

export interface BoundNode {
  readonly kind: 'bound';
  target: Edge;
  receiver: Edge;
  parameters: readonly Edge[];
  /** Properties that the node's value has of its own. */
  properties: readonly PropertyEdge[];
}

export interface PerWorkerNode {
  readonly kind: 'perWorker';
  readonly id: string;
  create: Edge;
}

/** An object that a package has under a global name: its members go to the worker's own object of that name. */
export interface GlobalStateNode {
  readonly kind: 'globalState';
  readonly name: string;
  properties: readonly PropertyEdge[];
}

/** Notes that a package has, under a global name, about objects that travel. */
export interface RegistryNode {
  readonly kind: 'registry';
  readonly name: string;
  /** The objects, and the note on each, in turns. */
  readonly entries: Edge[];
}

/**
 * Something that Telar has once for each thread, such as its notes of which objects stand for shared memory. A bundler may have
 * put parts of Telar into the text of a task: there they have to ask, and to tell, the worker's own Telar.
 */
export interface OnThreadNode {
  readonly kind: 'onThread';
  readonly name: string;
  /** The kind of object to begin with, where the thread has none. */
  readonly base: ObjectBase;
}

/** An object over memory that threads have in common; its fields are shared memory and plain values. */
export interface SealNode {
  readonly kind: 'seal';
  readonly fields: readonly (readonly [key: string, value: Edge])[];
}

/** A view on shared memory, by the name of its class. */
export interface ViewNode {
  readonly kind: 'view';
  readonly type: string;
  readonly memory: Edge;
  readonly offset: number;
  readonly length: number;
}

/** Built-in objects that are as good when made again from their text. */
export type TextType = 'URL' | 'URLSearchParams' | 'TextEncoder' | 'TextDecoder' | 'Headers';

/** A method, getter or setter that a class has from its text. */
export interface MemberNode {
  readonly kind: 'member';
  readonly of: Edge;
  readonly isStatic: boolean;
  readonly key: string | Edge;
  readonly part: 'value' | 'get' | 'set';
}

export interface FunctionNode {
  readonly kind: 'function';
  source: number;
  /** Name of the function; `undefined` where a member of its own has the place of its name. */
  readonly name: string | undefined;
  /** Edges to the variables, one for each of the source's names. */
  bindings: readonly Edge[];
  properties: readonly PropertyEdge[];
  /** Properties that were added to, or stand in for, the prototype that the text gives. */
  prototype: readonly PropertyEdge[];
  /** Members that the text gives and the function has no more. */
  removed: readonly RemovedMember[];
  /** The superclass of a class. */
  parent: Edge | undefined;
  /** The object that the function itself inherits from, where the text does not say it. */
  chain: Edge | undefined;
  /** The object that the function's prototype inherits from, where the text does not say it. */
  above: Edge | undefined;
  /** The object that is the function's prototype now, in place of the one that it was made with. */
  ownPrototype: Edge | undefined;
  integrity: Integrity;
  prototypeIntegrity: Integrity;
}

export interface RemovedMember {
  readonly isStatic: boolean;
  readonly key: string;
}

export interface ImportNode {
  readonly kind: 'import';
  readonly base: string;
  readonly specifier: string;
  /** Name of the export; `*` for the whole module. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

export interface ObjectNode {
  readonly kind: 'object';
  readonly base: ObjectBase;
  /** Content that the object starts from: a boxed primitive, a date, the bytes of a view … */
  readonly content: unknown;
  /** Prototype of the object; `undefined` for the usual one. */
  prototype: Edge | undefined;
  properties: readonly PropertyEdge[];
  /** Values of a set; keys and values of a map, in turns. */
  entries: readonly Edge[];
  readonly integrity: Integrity;
}

export type ObjectBase = 'object' | 'array' | 'map' | 'set' | 'weakmap' | 'weakset' | 'error' | 'clone';

export type Integrity = 'open' | 'closed' | 'sealed' | 'frozen';

export interface PropertyEdge {
  readonly key: string | Edge;
  readonly value: Edge | undefined;
  readonly get: Edge | undefined;
  readonly set: Edge | undefined;
  readonly writable: boolean;
  readonly enumerable: boolean;
  readonly configurable: boolean;
}
