import type { Edge, GraphNode } from '../../definition/graph.ts';
import { isOfPackage, type Script } from '../../locate/script.ts';
import { findWellKnownSymbol } from '../../values/natives.ts';
import { Refusal, type Trail } from './refusal.ts';

/** The part of a graph's builder that adds nodes. */
interface Nodes {
  readonly addNode: (value: undefined, node: GraphNode) => number;
}

/**
 * The symbols of one graph.
 *
 * @remarks
 * A symbol without a key of its own is another one on another thread. That does no harm where only what travels knows it: a
 * package that keeps it in a variable, and whose functions travel with that variable. Nobody knows that of the symbols of the program.
 */
export class Symbols {
  readonly #own = new Map<symbol, { readonly position: number; readonly trail: Trail | undefined }>();
  readonly #held = new Set<symbol>();

  encode(nodes: Nodes, symbol: symbol, trail: Trail | undefined): Edge {
    const wellKnown = findWellKnownSymbol(symbol);
    const key = wellKnown ?? Symbol.keyFor(symbol);
    if (key !== undefined)
      return nodes.addNode(undefined, { kind: 'symbol', key, isWellKnown: wellKnown !== undefined });
    const known = this.#own.get(symbol);
    if (known !== undefined) return known.position;
    const { description } = symbol;
    const position = nodes.addNode(undefined, { kind: 'ownSymbol', description });
    this.#own.set(symbol, { position, trail });
    return position;
  }

  /** Notes the value of a script's variable, where that is a symbol. */
  noteVariable(value: unknown, script: Script): void {
    if (typeof value === 'symbol' && isOfPackage(script)) this.#held.add(value);
  }

  /**
   * Refuses symbols that nobody knows. Called when all is encoded: an object may be met before the function that knows
   * its key.
   */
  assertHeld(): void {
    for (const [symbol, { trail }] of this.#own) {
      if (this.#held.has(symbol)) continue;
      throw new Refusal(
        'value',
        'a symbol that only this thread knows',
        `Use Symbol.for(${JSON.stringify(symbol.description ?? '')}), which is the same on every thread.`,
        trail,
      );
    }
  }
}
