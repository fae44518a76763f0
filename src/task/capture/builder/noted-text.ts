import type { CapturedText } from '../../changes/find-lost.ts';
import type { ObjectNode } from '../../definition/graph.ts';
import type { Script } from '../../locate/script.ts';
import type { FunctionSource } from '../../source/syntax/function-source.ts';
import type { Trail } from './refusal.ts';

/** A captured function, and the place that it comes from. */
export interface NotedText extends CapturedText {
  readonly script: Script;
  readonly source: FunctionSource;
  /** Offset of the text in its script. */
  readonly textStart: number;
  readonly trail: Trail | undefined;
}

/** A weak map or set, whose entries are known when all else is. */
export interface WeakCollection {
  readonly collection: object;
  readonly node: ObjectNode;
  readonly trail: Trail | undefined;
}

/** An object of which only some members are needed so far. */
export interface PartialObject {
  readonly position: number;
  readonly node: ObjectNode;
  readonly keys: Set<string>;
}
