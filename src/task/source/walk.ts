import type { BindingKind, FunctionKind, FunctionSource } from './function-source.ts';
import { readImports, readNodes, readString } from './imports.ts';
import { describeMember, findMethodKind, hasUseStrict, isPrivate, readName } from './member.ts';
import { isNode, type SyntaxNode } from './parser.ts';
import { createScope, declareName } from './scope.ts';
import { type ResolvedName, setFirst, Surroundings } from './surroundings.ts';

/** Fields that hold names, not values. */
const nameFields = new Map<string, readonly string[]>([
  ['LabeledStatement', ['label']],
  ['BreakStatement', ['label']],
  ['ContinueStatement', ['label']],
  ['ExportSpecifier', ['local', 'exported']],
  ['ExportAllDeclaration', ['exported']],
]);

/** Finds every function and class of a program, with the names that each uses from outside, and what each name stands for. */
export function walkProgram(program: SyntaxNode): WalkedProgram {
  return new Walk().visitProgram(program);
}

interface WalkedProgram {
  readonly functions: readonly FunctionSource[];
  readonly names: readonly ResolvedName[];
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
        return this.#at.refer(node, false);
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
        this.#visitValue(node['object']);
        return this.#visitKey(node, 'property');
      case 'VariableDeclaration':
        return this.#visitVariables(node);
      case 'ImportDeclaration':
        for (const { local, source } of readImports(node)) {
          declareName(this.#at.scope, {
            name: readString(local),
            kind: 'import',
            start: local.start,
            importedFrom: source,
            init: undefined,
          });
        }
        return;
      case 'AssignmentExpression':
        this.#assign(node['left']);
        return this.#visitValue(node['right']);
      case 'UpdateExpression':
        return this.#assign(node['argument']);
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#at.inBlock(() => {
          if (isNode(node['left']) && node['left'].type === 'VariableDeclaration') this.#visit(node['left']);
          else this.#assign(node['left']);
          this.#visitValue(node['right']);
          this.#visitValue(node['body']);
        });
      case 'BlockStatement':
      case 'ForStatement':
      case 'SwitchStatement':
        return this.#at.inBlock(() => this.#visitChildren(node));
      case 'StaticBlock':
        return this.#at.inMember(() =>
          this.#at.inScope(createScope(this.#at.scope, true), () => this.#visitChildren(node)),
        );
      case 'CatchClause':
        return this.#at.inBlock(() => {
          this.#declare(node['param'], 'let');
          this.#visitValue(node['body']);
        });
      case 'CallExpression':
        return this.#visitCall(node);
      case 'ThisExpression':
        return this.#at.borrow('this', node.start);
      case 'Super':
        return this.#at.borrow('super', node.start);
      case 'MetaProperty':
        return this.#visitMeta(node);
      case 'PrivateIdentifier':
        return this.#at.borrow('private name', node.start, readName(node));
      default:
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

  #visitFunction(node: SyntaxNode, start: number, kind: FunctionKind): void {
    const isStrict = this.#at.isStrict;
    if (isNode(node['body']) && hasUseStrict(node['body']['body'])) this.#at.isStrict = true;
    const source = this.#at.addFunction(node, start, kind);
    this.#at.inLevel({ source }, () =>
      this.#at.inScope(createScope(this.#at.scope, true, source), () => {
        if (node.type === 'FunctionExpression') this.#declare(node['id'], 'self');
        // The body shares its names with the parameters.
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
    // What a class extends is looked up around it.
    this.#visitValue(node['superClass']);
    const members = isNode(node['body']) ? readNodes(node['body']['body']) : [];
    for (const member of members) describeMember(source, member);
    const privateNames = new Set(members.filter(({ key }) => isPrivate(key)).map(({ key }) => readName(key)));
    this.#at.inLevel({ source, privateNames }, () =>
      this.#at.inScope(createScope(this.#at.scope, false, source), () => {
        this.#declare(node['id'], 'self');
        for (const member of members) this.#visitClassMember(source, member);
      }),
    );
    this.#at.isStrict = isStrict;
  }

  #visitClassMember(source: FunctionSource, member: SyntaxNode): void {
    if (findMethodKind(member) !== undefined) return this.#visitMember(member, source);
    if (member.type === 'StaticBlock' || member['static'] === true) {
      this.#at.inEager(source, () => this.#visit(member));
    } else {
      this.#visitMember(member, source);
    }
  }

  /** A field of a class or an object: a key, and a value that in a class has a `this` of its own. */
  #visitMember(node: SyntaxNode, owner?: FunctionSource): void {
    if (owner === undefined) this.#visitKey(node, 'key');
    else this.#at.inEager(owner, () => this.#visitKey(node, 'key'));
    const { value } = node;
    if (!isNode(value)) return;
    const kind = findMethodKind(node);
    if (kind !== undefined) this.#visitFunction(value, node.start, kind);
    else if (node.type === 'Property') this.#visit(value);
    else this.#at.inMember(() => this.#visit(value));
  }

  #visitKey(node: SyntaxNode, field: string): void {
    const key = node[field];
    if (node['computed'] === true) this.#visitValue(key);
    else if (node.type === 'MemberExpression' && isPrivate(key)) this.#visitValue(key);
  }

  #visitVariables(node: SyntaxNode): void {
    const kind = node['kind'] === 'var' || node['kind'] === 'let' ? node['kind'] : 'const';
    for (const { id, init } of readNodes(node['declarations'])) {
      this.#declare(id, kind, isNode(init) ? init : undefined);
      this.#visitValue(init);
    }
  }

  #visitCall(node: SyntaxNode): void {
    const { callee } = node;
    if (isNode(callee) && callee.type === 'Identifier' && callee['name'] === 'eval') {
      this.#at.markAll(({ borrowed }) => setFirst(borrowed, 'eval', node.start));
    }
    this.#visitValue(callee);
    for (const argument of readNodes(node['arguments'])) {
      // Compiled code hands its `this` on without using it: `__awaiter(this, …)`.
      if (argument.type === 'ThisExpression') this.#at.borrow('this', argument.start, '', true);
      else this.#visit(argument);
    }
  }

  #visitMeta(node: SyntaxNode): void {
    if (readString(node['meta']) === 'new') return this.#at.borrow('new.target', node.start);
    this.#at.markAll(({ importMetas }) => importMetas.push({ start: node.start, end: node.end }));
  }

  #declare(pattern: unknown, kind: BindingKind, init?: SyntaxNode): void {
    this.#visitPattern(pattern, (target) => {
      if (target.type !== 'Identifier') return;
      const whole = target === pattern ? init : undefined;
      declareName(this.#at.scope, {
        name: readName(target),
        kind,
        start: target.start,
        importedFrom: undefined,
        init: whole,
      });
    });
  }

  #assign(pattern: unknown): void {
    this.#visitPattern(pattern, (target) => {
      if (target.type === 'Identifier') this.#at.refer(target, true);
      else this.#visit(target);
    });
  }

  /** Walks a destructuring pattern: its defaults and computed keys are uses, its leaves are targets. */
  #visitPattern(pattern: unknown, onTarget: (target: SyntaxNode) => void): void {
    if (!isNode(pattern)) return;
    if (pattern.type === 'ObjectPattern') {
      for (const property of readNodes(pattern['properties'])) {
        if (property['computed'] === true) this.#visitValue(property['key']);
        this.#visitPattern(property.type === 'RestElement' ? property : property['value'], onTarget);
      }
    } else if (pattern.type === 'ArrayPattern') {
      for (const element of readNodes(pattern['elements'])) this.#visitPattern(element, onTarget);
    } else if (pattern.type === 'AssignmentPattern') {
      this.#visitPattern(pattern['left'], onTarget);
      this.#visitValue(pattern['right']);
    } else if (pattern.type === 'RestElement') {
      this.#visitPattern(pattern['argument'], onTarget);
    } else {
      onTarget(pattern);
    }
  }
}
