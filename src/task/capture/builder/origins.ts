import { InspectorError, lacksInspector } from '../../locate/connection.ts';
import { readScript } from '../../locate/read-script.ts';
import { type Script, toOffset } from '../../locate/script.ts';
import { type InspectedFunction, inspectFunction, locateFunction } from '../../locate/session.ts';
import type { GraphNode } from '../../definition/graph.ts';
import { listOnThread } from '../../../realm/thread-registry.ts';
import { findModuleExport } from '../../reference/find-reference.ts';
import { listModuleObjects } from '../../reference/modules.ts';
import { findFunctionAt } from '../../source/analysis.ts';
import type { FreeVariable, FunctionSource } from '../../source/syntax/function-source.ts';
import { readFunction } from '../../source/unseen/read-function.ts';

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

/** Finds where the functions and modules of this thread come from, as one capture needs it. */
export class Origins {
  readonly #callFile: string | undefined;
  readonly #facts = new Map<Function, FunctionFacts>();
  #modules: Map<unknown, GraphNode> | undefined;
  #onThread: Map<object, string> | undefined;

  /** @param callFile - URL of the file that made the call, for hosts that have no inspector. */
  constructor(callFile: string | undefined) {
    this.#callFile = callFile;
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

  /** Finds the name of what Telar has once for each thread. Memory that threads have in common stays one. */
  findOnThread(value: object): string | undefined {
    this.#onThread ??= listOnThread();
    return ArrayBuffer.isView(value) ? undefined : this.#onThread.get(value);
  }
}
