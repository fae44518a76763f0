import type {
  Binding,
  BindingKind,
  Borrowed,
  ClassMember,
  FunctionKind,
  FunctionSource,
} from '../syntax/function-source.ts';
import { readImports, readString } from '../syntax/imports.ts';
import { findSuperClass, readName } from './member.ts';
import type { SyntaxNode } from '../syntax/parser.ts';
import {
  createScope,
  declareName,
  findBinding,
  type NameUse,
  type Reference,
  resolveReference,
  type Scope,
} from './scope.ts';

/** A level that matters to `this`, `super` and `#names`: a function, a class, or a part of a class body. */
type Level =
  | { readonly source: FunctionSource; readonly privateNames?: ReadonlySet<string> }
  | 'class member';

/** A variable that holds the `this` of a function. */
interface NamedThis {
  readonly source: FunctionSource;
  readonly binding: Binding;
  readonly start: number;
}

/** A name in use, and its declaration; `undefined` where the text does not declare it. */
export interface ResolvedName {
  readonly name: string;
  readonly node: SyntaxNode;
  readonly binding: Binding | undefined;
}

/** All functions of a program, and all names in use. */
export interface WalkedProgram {
  readonly functions: readonly FunctionSource[];
  readonly names: readonly ResolvedName[];
}

/** Position of a walk: the functions, classes and scopes around it, and what they use from outside. */
export class Surroundings {
  readonly functions: FunctionSource[] = [];
  scope: Scope = createScope(undefined, true);
  isStrict = false;
  readonly #references: Reference[] = [];
  readonly #levels: Level[] = [];
  readonly #namedThis: NamedThis[] = [];
  readonly #eagerClasses: FunctionSource[] = [];
  #parts: readonly ClassMember[] = [];

  refer(node: SyntaxNode, use: NameUse): void {
    const name = readName(node);
    if (name === 'arguments') return this.borrow('arguments', node.start);
    for (const source of this.#eagerClasses)
      if (!this.#parts.some(({ owner }) => owner === source)) source.eager.add(name);
    this.#references.push({ name, node, use, scope: this.scope, parts: this.#parts });
  }

  declare(
    target: SyntaxNode,
    kind: BindingKind,
    init: SyntaxNode | undefined,
    end: number = target.end,
  ): void {
    if (target.type !== 'Identifier') return;
    const { start } = target;
    declareName(this.scope, { name: readName(target), kind, start, end, importedFrom: undefined, init });
  }

  declareImports(node: SyntaxNode): void {
    const { end } = node;
    for (const { local, source: importedFrom } of readImports(node)) {
      const { start } = local;
      const name = readString(local);
      declareName(this.scope, { name, kind: 'import', start, end, importedFrom, init: undefined });
    }
  }

  /**
   * Resolves all names. Called at the end, when every declaration is known: names may be used above their declaration.
   */
  resolveAll(): readonly ResolvedName[] {
    const names = this.#references.map((reference) => {
      const { name, node } = reference;
      return { name, node, binding: resolveReference(reference) };
    });
    for (const { source, binding, start } of this.#namedThis)
      if (binding.isLookedAt || binding.assigned) source.ownThis ??= start;
    return names;
  }

  /** Marks the functions that would lose `what` if they stood elsewhere. */
  borrow(what: Borrowed, start: number, name = '', isBare = false): void {
    for (const level of this.#levels.toReversed()) {
      if (level === 'class member') {
        if (what === 'private name') continue;
        return;
      }
      const { kind, borrowed } = level.source;
      if (what === 'private name') {
        if (level.privateNames?.has(name) === true) return;
        setFirst(borrowed, what, start);
      } else if (kind === 'arrow' || kind === 'class') {
        setFirst(borrowed, what, start);
      } else {
        if (what === 'super') setFirst(borrowed, what, start);
        if (what === 'this' || what === 'super') level.source.usesThis = true;
        if (what === 'this' && !isBare) level.source.ownThis ??= start;
        return;
      }
    }
  }

  /**
   * Notes a variable that holds the `this` of its function: where it does nothing but hand it on, the function does no more than
   * hand it on.
   */
  nameThis(target: SyntaxNode, start: number): void {
    this.borrow('this', start, '', true);
    const source = this.#findThisOwner();
    const binding = findBinding(this.scope, readName(target));
    if (source !== undefined && binding !== undefined) this.#namedThis.push({ source, binding, start });
  }

  /** Finds the function that `this` comes from at this place; `undefined` within a part of a class. */
  #findThisOwner(): FunctionSource | undefined {
    const isOwner = (level: Level): boolean =>
      level === 'class member' || (level.source.kind !== 'arrow' && level.source.kind !== 'class');
    const owner = this.#levels.findLast(isOwner);
    return owner === 'class member' ? undefined : owner?.source;
  }

  addFunction(node: SyntaxNode, start: number, kind: FunctionKind, member?: ClassMember): FunctionSource {
    const source: FunctionSource = {
      kind,
      start,
      end: node.end,
      bodyStart: node.start,
      isAsync: node['async'] === true,
      isGenerator: node['generator'] === true,
      isStrict: this.isStrict,
      free: new Map(),
      borrowed: new Map(),
      importMetas: [],
      eager: new Set(),
      superClass: findSuperClass(node),
      privateMember: undefined,
      members: [],
      member,
      ownThis: undefined,
      usesThis: false,
    };
    this.functions.push(source);
    return source;
  }

  inBlock(visit: () => void): void {
    this.inScope(createScope(this.scope, false), visit);
  }

  inMember(visit: () => void): void {
    this.inLevel('class member', visit);
  }

  /** Visits the value of a field, which runs while the class comes into being if the field is static. */
  inField(owner: FunctionSource, isStatic: boolean, visit: () => void): void {
    if (isStatic) this.inEager(owner, () => this.inMember(visit));
    else this.inMember(visit);
  }

  inLevel(level: Level, visit: () => void): void {
    this.#levels.push(level);
    visit();
    this.#levels.pop();
  }

  inScope(scope: Scope, visit: () => void): void {
    const outer = this.scope;
    this.scope = scope;
    visit();
    this.scope = outer;
  }

  /** Visits a computed key or a static block, which may be left out where the class is made again. */
  inPart(part: ClassMember, visit: () => void): void {
    const outer = this.#parts;
    this.#parts = [...outer, part];
    this.inEager(part.owner, visit);
    this.#parts = outer;
  }

  /** Visits a part that runs while a class comes into being. */
  inEager(source: FunctionSource, visit: () => void): void {
    this.#eagerClasses.push(source);
    visit();
    this.#eagerClasses.pop();
  }

  /** Calls `mark` for every function and class around the walk. */
  markAll(mark: (source: FunctionSource) => void): void {
    for (const level of this.#levels) if (level !== 'class member') mark(level.source);
  }
}

export function setFirst<Key>(starts: Map<Key, number>, key: Key, start: number): void {
  if (!starts.has(key)) starts.set(key, start);
}
