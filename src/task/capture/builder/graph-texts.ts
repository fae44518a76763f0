import type { SourceText } from '../../definition/graph.ts';
import type { FunctionSource } from '../../source/syntax/function-source.ts';
import type { NotedText } from './noted-text.ts';
import type { CapturedClass } from './plan.ts';

/** The texts of one graph, each once, and the functions and classes that are made of them. */
export class GraphTexts {
  readonly sources: SourceText[] = [];
  /** The functions that are captured as text. */
  readonly functions: NotedText[] = [];
  readonly #positions = new Map<FunctionSource, Map<string, number>>();
  readonly #classes = new Map<FunctionSource, CapturedClass[]>();

  /** Adds a text, once; `variant` tells apart what is left out of it. */
  addSource(source: FunctionSource, variant: string, create: () => SourceText): number {
    let variants = this.#positions.get(source);
    if (variants === undefined) this.#positions.set(source, (variants = new Map()));
    let position = variants.get(variant);
    if (position === undefined) {
      position = this.sources.push(create()) - 1;
      variants.set(variant, position);
    }
    return position;
  }

  addClass(source: FunctionSource, captured: CapturedClass): void {
    const known = this.#classes.get(source);
    if (known === undefined) this.#classes.set(source, [captured]);
    else known.push(captured);
  }

  /** Returns the classes that are captured as this text. */
  listClasses(source: FunctionSource): readonly CapturedClass[] {
    return this.#classes.get(source) ?? [];
  }
}
