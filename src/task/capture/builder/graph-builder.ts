import type { Edge, GraphNode } from '../../definition/graph.ts';
import { Purity } from '../../values/purity.ts';
import { GraphTexts } from './graph-texts.ts';
import type { PartialObject, WeakCollection } from './noted-text.ts';
import type { Origins } from './origins.ts';
import { Refusal, type Trail } from './refusal.ts';
import { Symbols } from './symbols.ts';

/** Functions that turn functions and objects into nodes. */
export interface Encoders {
  readonly encodeFunction: (builder: GraphBuilder, fn: Function, trail: Trail | undefined) => Edge;
  readonly encodeObject: (builder: GraphBuilder, value: object, trail: Trail | undefined) => Edge;
}

/** Collects the nodes of one captured task. Every function and object becomes one node, however often it is met. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly texts: GraphTexts = new GraphTexts();
  readonly origins: Origins;
  readonly attachments: unknown[] = [];
  readonly purity: Purity = new Purity();
  /** Objects of which only some members are needed so far. */
  readonly partial: Map<object, PartialObject> = new Map();
  /** The weak collections among the values, whose entries are known when all else is. */
  readonly weak: WeakCollection[] = [];
  readonly symbols: Symbols = new Symbols();
  readonly #encoders: Encoders;
  readonly #positions = new Map<object, number>();
  readonly #pending: (() => void)[] = [];

  /** Classes whose static values are being tried. */
  readonly #tried: ReadonlySet<Function>;

  constructor(encoders: Encoders, origins: Origins, tried: ReadonlySet<Function> = new Set()) {
    this.#encoders = encoders;
    this.origins = origins;
    this.#tried = tried;
  }

  /**
   * Returns whether a static value of a class can travel: those that cannot are made again by the text of the class.
   */
  canTravel(value: object, owner: Function): boolean {
    if (this.#positions.has(value) || this.purity.isPure(value)) return true;
    if (this.#tried.has(owner) || this.#tried.size > 2) return false;
    const trial = new GraphBuilder(this.#encoders, this.origins, new Set([...this.#tried, owner]));
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

  fillAll(): void {
    // Filling a node may add others, which come to the end of the list and are filled in turn.
    for (const fill of this.#pending) fill();
    this.#pending.length = 0;
  }
}
