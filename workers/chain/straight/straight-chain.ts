import type { DecoderSteps } from '../../../src/bytes/decode/lines/decoder.ts';
import { DECODING } from '../../../src/wire/message/payload.ts';
import type { BlockWalk } from '../blocks/block-walk.ts';
import type { Collector } from '../collect/collector.ts';
import type { ChainReport } from '../stages/report.ts';
import type { StageWalk } from '../stages/stage-walk.ts';
import type { Stage } from '../stages/stage.ts';

/** The chain, as far as its records run straight through it. */
export interface StraightChain {
  readonly blocks: BlockWalk;
  /** The only stage, which has no time limit; `undefined` where there is none. */
  readonly stage: Stage | undefined;
  readonly walk: StageWalk;
  readonly report: ChainReport;
  readonly collector: Collector;
  /** Takes the failure of a result that cannot be collected. Throws `StageStop`. */
  failCollecting(thrown: unknown): void;
}

/**
 * Counts a malformed record, which is an outcome and never the end of the run.
 *
 * @param steps - Steps of its decoder where its first line could not be read, with which the rest of it is passed over.
 */
export function dropMalformed(
  { blocks, report }: StraightChain,
  steps: DecoderSteps | undefined,
  thrown: unknown,
): void {
  steps?.passOver();
  blocks.records++;
  report.drop(report.describe(DECODING, 1, 'malformed', thrown));
}
