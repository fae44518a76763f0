import type { CapturedText } from '../changes/find-lost.ts';
import type { Script } from '../locate/script.ts';
import type { FunctionSource } from '../source/function-source.ts';
import type { Trail } from './refusal.ts';

/** A captured function, and where it comes from. */
export interface NotedText extends CapturedText {
  readonly script: Script;
  readonly source: FunctionSource;
  /** Where the text begins in its script. */
  readonly textStart: number;
  readonly trail: Trail | undefined;
}
