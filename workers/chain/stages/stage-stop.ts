import type { StageFailure } from '../../../src/wire/message/payload.ts';

/** Thrown out of a chain by a stage that failed and whose policy is to stop. */
export class StageStop extends Error {
  readonly failure: StageFailure;

  constructor(failure: StageFailure) {
    super('A stage failed.');
    this.failure = failure;
  }
}
