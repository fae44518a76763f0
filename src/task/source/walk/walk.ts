import type { BindingKind, ClassMember, FunctionKind, FunctionSource } from '../syntax/function-source.ts';
import { readNodes, readString } from '../syntax/imports.ts';
import { isCounting, readCache } from './caches.ts';
import { namesThis, visitArguments } from './handed-on.ts';
import {
  addMember,
  findMethodKind,
  hasUseStrict,
  isPrivate,
  readName,
  readPath,
  nameFields,
} from './member.ts';
import { listTaken, visitPattern } from './patterns.ts';
import { isNode, type SyntaxNode } from '../syntax/parser.ts';
import { blocks, createScope } from './scope.ts';
import { setFirst, Surroundings, type WalkedProgram } from './surroundings.ts';

/**
 * Finds every function and class of a program, with the names that each uses from outside, and the declaration of each
 * name.
 */
export function walkProgram(program: SyntaxNode): WalkedProgram {
  return new Walk().visitProgram(program);
}

class Walk {
  readonly #at = new Surroundings();

  visitProgram(program: SyntaxNode): WalkedProgram {
    this.#at.isStrict = program['sourceType'] === 'module' || hasUseStrict(program['body']);
    this.#visitChildren(program);
    return { names: this.#at.resolveAll(), functions: this.#at.functions };
  }

  #visit(node: SyntaxNode): void {
    switch (node.type) {
      case 'Identifier':
        return this.#at.refer(node, {});
      case 'FunctionDeclaration':
        this.#declare(node['id'], 'function');
        return this.#visitFunction(node, node.start, 'function');
      case 'FunctionExpression':
        return this.#visitFunction(node, node.start, 'function');
      case 'ArrowFunctionExpression':
        return this.#visitFunction(node, node.start, 'arrow');
      case 'ClassDeclaration':
        this.#declare(node['id'], 'class');
        return this.#visitClass(node);
      case 'ClassExpression':
        return this.#visitClass(node);
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
      case 'AccessorProperty':
        return this.#visitMember(node);
      case 'MemberExpression':
        return this.#visitRead(node, false);
      case 'VariableDeclaration':
        return this.#visitVariables(node);
      case 'ImportDeclaration':
        return this.#at.declareImports(node);
      case 'LogicalExpression':
      case 'AssignmentExpression':
        return this.#visitOperation(node);
      case 'UpdateExpression':
        return this.#assign(node['argument'], true);
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#at.inBlock(() => {
          if (isNode(node['left']) && node['left'].type === 'VariableDeclaration') this.#visit(node['left']);
          else this.#assign(node['left']);
          this.#visitValue(node['right']);
          this.#visitValue(node['body']);
        });
      case 'UnaryExpression':
        if (node['operator'] === 'delete') return this.#assign(node['argument']);
        return this.#visitChildren(node);
      case 'CatchClause':
        return this.#at.inBlock(() => {
          this.#declare(node['param'], 'let');
          this.#visitValue(node['body']);
        });
      case 'CallExpression':
        return this.#visitCall(node);
      case 'TaggedTemplateExpression':
        this.#visitCallee(node['tag']);
        return this.#visitValue(node['quasi']);
      case 'ThisExpression':
        return this.#at.borrow('this', node.start);
      case 'Super':
        return this.#at.borrow('super', node.start);
      case 'MetaProperty':
        return this.#visitMeta(node);
      case 'PrivateIdentifier':
        return this.#at.borrow('private name', node.start, readName(node));
      default:
        if (blocks.has(node.type)) return this.#at.inBlock(() => this.#visitChildren(node));
        return this.#visitChildren(node);
    }
  }

  #visitChildren(node: SyntaxNode): void {
    const names = nameFields.get(node.type);
    for (const [field, value] of Object.entries(node))
      if (names?.includes(field) !== true) this.#visitValue(value);
  }

  #visitValue(value: unknown): void {
    if (isNode(value)) this.#visit(value);
    else if (Array.isArray(value)) for (const entry of value) if (isNode(entry)) this.#visit(entry);
  }

  #visitFunction(node: SyntaxNode, start: number, kind: FunctionKind, member?: ClassMember): void {
    const isStrict = this.#at.isStrict;
    if (isNode(node['body']) && hasUseStrict(node['body']['body'])) this.#at.isStrict = true;
    const source = this.#at.addFunction(node, start, kind, member);
    this.#at.inLevel({ source }, () =>
      this.#at.inScope(createScope(this.#at.scope, true, source), () => {
        if (node.type === 'FunctionExpression') this.#declare(node['id'], 'self');
        // The body shares its names with the parameters, so no scope of its own is opened.
        for (const parameter of readNodes(node['params'])) this.#declare(parameter, 'parameter');
        if (isNode(node['body']) && node['body'].type === 'BlockStatement') this.#visitChildren(node['body']);
        else this.#visitValue(node['body']);
      }),
    );
    this.#at.isStrict = isStrict;
  }

  #visitClass(node: SyntaxNode): void {
    const isStrict = this.#at.isStrict;
    this.#at.isStrict = true;
    const source = this.#at.addFunction(node, node.start, 'class');
    // A superclass is looked up around the class.
    this.#visitValue(node['superClass']);
    const members = isNode(node['body']) ? readNodes(node['body']['body']) : [];
    const privateNames = new Set(members.filter(({ key }) => isPrivate(key)).map(({ key }) => readName(key)));
    this.#at.inLevel({ source, privateNames }, () =>
      this.#at.inScope(createScope(this.#at.scope, false, source), () => {
        this.#declare(node['id'], 'self');
        for (const member of members) this.#visitClassMember(source, member);
      }),
    );
    this.#at.isStrict = isStrict;
  }

  #visitClassMember(owner: FunctionSource, node: SyntaxNode): void {
    const member = addMember(owner, node);
    if (member?.kind === 'block') {
      const visit = (): void =>
        this.#at.inScope(createScope(this.#at.scope, true), () => this.#visitChildren(node));
      return this.#at.inMember(() => this.#at.inPart(member, visit));
    }
    const kind = findMethodKind(node);
    const visitKey = (): void => this.#visitKey(node, 'key');
    // The key of a method can be read off the class; that of a field is looked up where the class is made.
    if (member !== undefined && kind !== undefined) this.#at.inPart(member, visitKey);
    else this.#at.inEager(owner, visitKey);
    const { value } = node;
    if (!isNode(value)) return;
    if (kind !== undefined) return this.#visitFunction(value, node.start, kind, member);
    this.#at.inField(owner, node['static'] === true, () => this.#visit(value));
  }

  /** Visits a field of an object: a key and a value. */
  #visitMember(node: SyntaxNode): void {
    this.#visitKey(node, 'key');
    const { value } = node;
    if (!isNode(value)) return;
    const kind = findMethodKind(node);
    if (kind !== undefined) this.#visitFunction(value, node.start, kind);
    else this.#visit(value);
  }

  #visitRead(node: SyntaxNode, isCalled: boolean): void {
    const { root, path } = readPath(node);
    if (root !== undefined) return this.#at.refer(root, { member: { path, isCalled } });
    this.#visitValue(node['object']);
    this.#visitKey(node, 'property');
  }

  #visitOperation(node: SyntaxNode): void {
    const cache = readCache(node);
    if (cache !== undefined) {
      const [read, written = read] = cache.uses;
      if (read !== undefined) this.#at.refer(read, { isCache: true });
      if (written !== undefined) this.#at.refer(written, { isCache: true, isWrite: true });
      return this.#visit(cache.value);
    }
    if (node.type === 'AssignmentExpression') this.#assign(node['left'], isCounting(node));
    else this.#visitValue(node['left']);
    this.#visitValue(node['right']);
  }

  #visitKey(node: SyntaxNode, field: string): void {
    const key = node[field];
    if (node['computed'] === true) this.#visitValue(key);
    else if (node.type === 'MemberExpression' && isPrivate(key)) this.#visitValue(key);
  }

  #visitVariables(node: SyntaxNode): void {
    const kind = node['kind'] === 'var' || node['kind'] === 'let' ? node['kind'] : 'const';
    for (const { id, init, end } of readNodes(node['declarations'])) {
      this.#declare(id, kind, isNode(init) ? init : undefined, end);
      const taken = isNode(init) && init.type === 'Identifier' ? listTaken(id) : undefined;
      if (isNode(init) && namesThis(id, init)) this.#at.nameThis(id as SyntaxNode, init.start);
      else if (taken === undefined || taken.length === 0) this.#visitValue(init);
      for (const name of taken ?? [])
        this.#at.refer(init as SyntaxNode, { member: { path: [name], isCalled: false } });
    }
  }

  #visitCall(node: SyntaxNode): void {
    const { callee } = node;
    if (isNode(callee) && callee.type === 'Identifier' && readName(callee) === 'eval')
      this.#at.markAll(({ borrowed }) => setFirst(borrowed, 'eval', node.start));
    this.#visitCallee(callee);
    visitArguments(this.#at, node, (argument) => this.#visit(argument));
  }

  #visitCallee(callee: unknown): void {
    if (isNode(callee) && callee.type === 'MemberExpression') this.#visitRead(callee, true);
    else this.#visitValue(callee);
  }

  #visitMeta(node: SyntaxNode): void {
    if (readString(node['meta']) === 'new') return this.#at.borrow('new.target', node.start);
    this.#at.markAll(({ importMetas }) => importMetas.push({ start: node.start, end: node.end }));
  }

  #declare(pattern: unknown, kind: BindingKind, init?: SyntaxNode, end?: number): void {
    const onTarget = (target: SyntaxNode): void =>
      this.#at.declare(target, kind, target === pattern ? init : undefined, end);
    visitPattern(pattern, { onTarget, onValue: (value) => this.#visitValue(value) });
  }

  #assign(pattern: unknown, isCounted = false): void {
    const onTarget = (target: SyntaxNode): void => {
      if (target.type === 'Identifier') return this.#at.refer(target, { isWrite: true, isCounted });
      if (target.type !== 'MemberExpression') return this.#visit(target);
      this.#visitValue(target['object']);
      this.#visitKey(target, 'property');
    };
    visitPattern(pattern, { onTarget, onValue: (value) => this.#visitValue(value) });
  }
}
