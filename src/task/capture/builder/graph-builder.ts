import { findFunctionAt } from '../../source/analysis.ts';
import type { FreeVariable, FunctionSource } from '../../source/syntax/function-source.ts';
import { readScript } from '../../locate/read-script.ts';
import { type Script, toOffset } from '../../locate/script.ts';
import { InspectorError, lacksInspector } from '../../locate/connection.ts';
import { type InspectedFunction, inspectFunction, locateFunction } from '../../locate/session.ts';
import { readFunction } from '../../source/unseen/read-function.ts';
import type { Edge, GraphNode, SourceText } from '../../definition/graph.ts';
import { findModuleExport } from '../../reference/find-reference.ts';
import { listModuleObjects } from '../../reference/modules.ts';
import { Purity } from '../../values/purity.ts';
import type { CapturedClass } from './plan.ts';
import type { NotedText, PartialObject, WeakCollection } from './noted-text.ts';
import { Refusal, type Trail } from './refusal.ts';
import { Symbols } from './symbols.ts';

/** Facts about a function of this thread. */
export interface FunctionFacts extends InspectedFunction {
  readonly text: string;
  /** The script that the function was written in; `undefined` for functions of the engine. */
  readonly script: Script | undefined;
}

/** Facts about functions whose variables cannot change: asking again would give the same. */
const settled = new WeakMap<Function, FunctionFacts>();

/** The place where a function was written. */
export interface FunctionPlace {
  readonly script: Script;
  readonly source: FunctionSource;
}

/** Places of functions, which never change. */
const places = new WeakMap<Function, FunctionPlace>();

/** Functions that turn functions and objects into nodes. */
export interface Encoders {
  readonly encodeFunction: (builder: GraphBuilder, fn: Function, trail: Trail | undefined) => Edge;
  readonly encodeObject: (builder: GraphBuilder, value: object, trail: Trail | undefined) => Edge;
}

/** Collects the nodes of one captured task. Every function and object becomes one node, however often it is met. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly sources: SourceText[] = [];
  readonly attachments: unknown[] = [];
  readonly purity: Purity = new Purity();
  /** The functions that are captured as text. */
  readonly texts: NotedText[] = [];
  /** Objects of which only some members are needed so far. */
  readonly partial: Map<object, PartialObject> = new Map();
  /** The weak collections among the values, whose entries are known when all else is. */
  readonly weak: WeakCollection[] = [];
  readonly symbols: Symbols = new Symbols();
  readonly #encoders: Encoders;
  readonly #callFile: string | undefined;
  readonly #positions = new Map<object, number>();
  readonly #sourcePositions = new Map<FunctionSource, Map<string, number>>();
  /** The classes that are captured as text, by that text. */
  readonly classes: Map<FunctionSource, CapturedClass[]> = new Map();
  readonly #facts = new Map<Function, FunctionFacts>();
  readonly #pending: (() => void)[] = [];
  #modules: Map<unknown, GraphNode> | undefined;

  /** Classes whose static values are being tried. */
  readonly #tried: ReadonlySet<Function>;

  /** @param callFile - URL of the file that made the call, for hosts that have no inspector. */
  constructor(encoders: Encoders, callFile: string | undefined, tried: ReadonlySet<Function> = new Set()) {
    this.#encoders = encoders;
    this.#callFile = callFile;
    this.#tried = tried;
  }

  /**
   * Returns whether a static value of a class can travel: those that cannot are made again by the text of the class.
   */
  canTravel(value: object, owner: Function): boolean {
    if (this.#positions.has(value) || this.purity.isPure(value)) return true;
    if (this.#tried.has(owner) || this.#tried.size > 2) return false;
    const trial = new GraphBuilder(this.#encoders, this.#callFile, new Set([...this.#tried, owner]));
    try {
      trial.encode(value, undefined);
      trial.fillAll();
      trial.symbols.assertHeld();
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  addClass(source: FunctionSource, captured: CapturedClass): void {
    const known = this.classes.get(source);
    if (known === undefined) this.classes.set(source, [captured]);
    else known.push(captured);
  }

  /** Returns whether an object is among those that travel. */
  holds(value: object): boolean {
    return this.#positions.has(value) || this.purity.isKnown(value);
  }

  encode(value: unknown, trail: Trail | undefined): Edge {
    if (typeof value === 'symbol') return this.symbols.encode(this, value, trail);
    if (typeof value === 'function') {
      return this.#positions.get(value) ?? this.#encoders.encodeFunction(this, value, trail);
    }
    if (typeof value !== 'object' || value === null) return { value };
    return this.#positions.get(value) ?? this.#encoders.encodeObject(this, value, trail);
  }

  /** Returns whether all of an object travels already. */
  isWhole(value: object): boolean {
    return this.#positions.has(value);
  }

  /** Notes the node of an object, which is met as a whole from now on. */
  setPosition(value: object, position: number): void {
    this.#positions.set(value, position);
  }

  /** Puts off a step until the node that is being filled is filled. */
  later(fill: () => void): void {
    this.#pending.push(fill);
  }

  /** Adds a node; `fill` runs later, so that values may refer to each other in circles and nest to any depth. */
  addNode<Node extends GraphNode>(
    value: object | undefined,
    node: Node,
    fill?: (node: Node) => void,
  ): number {
    const position = this.nodes.push(node) - 1;
    if (value !== undefined) this.#positions.set(value, position);
    if (fill !== undefined) this.#pending.push(() => fill(node));
    return position;
  }

  /** Returns whether an edge leads to a copy: no import, nothing that the worker has already, nothing shared. */
  travelsByValue(edge: Edge): boolean {
    const kind = typeof edge === 'number' ? this.nodes[edge]?.kind : 'object';
    return kind === 'object' || kind === 'function' || kind === 'buffer' || kind === 'bound';
  }

  /** Adds a text, once; `variant` tells apart what is left out of it. */
  addSource(source: FunctionSource, variant: string, create: () => SourceText): number {
    let variants = this.#sourcePositions.get(source);
    if (variants === undefined) this.#sourcePositions.set(source, (variants = new Map()));
    let position = variants.get(variant);
    if (position === undefined) {
      position = this.sources.push(create()) - 1;
      variants.set(variant, position);
    }
    return position;
  }

  fillAll(): void {
    // Filling a node may add others, which come to the end of the list and are filled in turn.
    for (const fill of this.#pending) fill();
    this.#pending.length = 0;
  }

  inspect(fn: Function): FunctionFacts {
    let facts = this.#facts.get(fn) ?? settled.get(fn);
    if (facts === undefined) {
      facts = { ...this.#see(fn), text: Function.prototype.toString.call(fn) };
      this.#facts.set(fn, facts);
    }
    return facts;
  }

  /** Returns what the engine says of a function; where the engine says nothing, what can be read. */
  #see(fn: Function): Omit<FunctionFacts, 'text'> {
    try {
      const inspected = inspectFunction(fn);
      const { position, scopes } = inspected;
      const isModule = scopes.some(({ description }) => description === 'Module');
      return { ...inspected, script: position && readScript(position.scriptId, isModule) };
    } catch (error) {
      const read = error instanceof InspectorError ? readFunction(fn, this.#callFile) : undefined;
      if (read === undefined) throw error;
      return read;
    }
  }

  /**
   * Keeps what is known of a function for later tasks, if none of its variables is ever assigned to. An exported
   * function was captured only because its module is still starting: next time it may be a reference.
   *
   * @param free - All that the function may need the next time, whatever was left out of its text this time.
   */
  settle(fn: Function, facts: FunctionFacts, free: Iterable<FreeVariable>): void {
    if (facts.isBlind === true) return;
    if (facts.script?.isModule === true && findModuleExport(fn, facts, facts.script) !== undefined) return;
    const values = Object.create(null) as Record<string, unknown>;
    for (const { name, binding } of free) {
      if (binding?.importedFrom !== undefined) continue;
      const scope = facts.scopes.find(
        ({ description, object }) => description !== 'Global' && Object.hasOwn(object, name),
      );
      // The name is a global, or one that no text declares, such as the `require` of a CommonJS module, which may be
      // assigned to.
      if (binding === undefined && scope === undefined) continue;
      if (binding === undefined || binding.assigned || binding.kind === 'var' || scope === undefined) return;
      values[name] = scope.object[name];
    }
    settled.set(fn, { ...facts, scopes: [{ description: 'Closure', object: values }] });
  }

  /** Finds the place where a function was written: faster than all that is known of the function. */
  findPlace(fn: Function): FunctionPlace | undefined {
    let place = places.get(fn);
    if (place === undefined) {
      const facts = lacksInspector() ? this.inspect(fn) : this.#facts.get(fn);
      const position = facts?.position ?? locateFunction(fn);
      const script = facts?.script ?? (position && readScript(position.scriptId));
      const text = Function.prototype.toString.call(fn);
      const source = this.findSource({ position, script, text });
      if (source === undefined || script === undefined) return undefined;
      place = { script, source };
      places.set(fn, place);
    }
    return place;
  }

  /** Finds the syntax of a function that was written in a script. */
  findSource({
    position,
    script,
    text,
  }: Pick<FunctionFacts, 'position' | 'script' | 'text'>): FunctionSource | undefined {
    if (position === undefined || script === undefined) return undefined;
    return findFunctionAt(script, toOffset(script, position.line, position.column), text);
  }

  /** Finds the way in which a worker loads the module whose exports this object is. */
  findModule(value: object): GraphNode | undefined {
    this.#modules ??= listModuleObjects();
    return this.#modules.get(value);
  }
}
