import type { DeadLetters, ErrorPolicy } from '../stage/dead-letters.ts';
import { DeadLetterWriter } from '../stage/dead-letters.ts';
import type { Locate, Position, SourcePosition, Tracking } from './position.ts';

/** Position of a run as plain data, which a journal keeps. */
export interface Point {
  readonly source: SourcePosition;
  /** Positions of the flows, from the source on. */
  readonly flows: readonly FlowPoint[];
  /** Numbers of dead letters that were written, by each flow to each of its sinks. */
  readonly letters: readonly number[];
}

type FlowPoint = Pick<Position, 'index' | 'skip' | 'letters'>;

/** Position where a run begins of whose input nothing was taken. */
export const START: SourcePosition = { kind: 'items', items: 0, hash: 0 };

/** Knows the flows of a run, in their order, and where each begins. */
export class Tracker {
  readonly #isOn: boolean;
  readonly #from: Point | undefined;
  readonly #writers: DeadLetterWriter[] = [];
  #before: Position | SourcePosition;
  #opened = 0;

  /** @param isOn - Whether anybody wants to know where the flows stand. */
  constructor(isOn: boolean, from?: Point) {
    this.#isOn = isOn;
    this.#from = from;
    this.#before = from?.source ?? START;
  }

  /** The position of the first item of the flow that is opened next. */
  get nextIndex(): number {
    return this.#from?.flows[this.#opened]?.index ?? 0;
  }

  /**
   * Opens the next flow.
   *
   * @param locate - Tells the flow where the one before it stands; `undefined` when that does not matter.
   */
  open(locate: Locate | undefined): OpenedFlow {
    const { index, skip, letters } = this.#from?.flows[this.#opened++] ?? { index: 0, skip: 0, letters: [] };
    const before = this.#before;
    this.#before = { before, index, skip, letters };
    const writers = new Map<DeadLetters, DeadLetterWriter>();
    const tracking = {
      start: { before, index, skip: 0, letters },
      locate: locate ?? ((): Position | SourcePosition => before),
      countDeadLetters: (): number[] => Array.from(writers.values(), ({ count }) => count),
    };
    return {
      tracking: this.#isOn ? tracking : undefined,
      start: this.#isOn ? tracking.start : undefined,
      isRepeatable: this.#isOn,
      skip,
      index,
      policyOf: (to) => (to === undefined ? undefined : this.#openWriter(writers, to, letters)),
    };
  }

  /**
   * Describes where a run stands.
   *
   * @param position - Position of the last flow; without one, the run stands where it began.
   */
  describe(position: Position | undefined): Omit<Point, 'letters'> {
    if (position === undefined)
      return { source: this.#from?.source ?? START, flows: this.#from?.flows ?? [] };
    const flows: FlowPoint[] = [];
    let at: Position | SourcePosition = position;
    for (; !('kind' in at); at = at.before) {
      const { index, skip, letters } = at;
      flows.unshift({ index, skip, letters });
    }
    return { source: at, flows };
  }

  /** Lists the flows that write dead letters to a sink, by their numbers, and how many each has written. */
  countDeadLetters(to: DeadLetters): [number, number][] {
    const counts: [number, number][] = [];
    for (const [at, port] of this.#writers.entries())
      if (port.letters === to) counts.push([at, port.written]);
    return counts;
  }

  #openWriter(
    writers: Map<DeadLetters, DeadLetterWriter>,
    to: DeadLetters,
    before: readonly number[],
  ): DeadLetterWriter {
    const known = writers.get(to);
    if (known !== undefined) return known;
    const had = this.#from?.letters[this.#writers.length] ?? 0;
    const port = new DeadLetterWriter(to, had, had - (before[writers.size] ?? 0));
    writers.set(to, port);
    this.#writers.push(port);
    return port;
  }
}

/** A flow that is about to begin. */
export interface OpenedFlow {
  readonly tracking: Tracking | undefined;
  /** Whether another run may do the same over: then the flow's results leave in an order that it can give again. */
  readonly isRepeatable: boolean;
  /** Position where the flow begins, where somebody wants to know. */
  readonly start: Position | undefined;
  /** Number of the flow's results that were handed on in another run. */
  readonly skip: number;
  readonly index: number;
  /** Returns where the flow's dead letters go. */
  readonly policyOf: (letters: DeadLetters | undefined) => ErrorPolicy;
}
