import type { Dispatcher, NamedDispatcher, RunName } from '../../../flow/work/dispatcher.ts';
import type { Work } from '../../../flow/work/work.ts';

/** Dispatcher of a cluster, as far as runs with a name need more of it. */
export interface KeepingDispatch extends Dispatcher {
  attachAs(work: Work, name: RunName): void;
  /** Does nothing more for a run, until it is known how it ended. */
  pause(work: Work): undefined;
  /** Deletes a run, or lets it go. */
  finish(work: Work, isComplete: boolean, pulled: number | undefined): Promise<void>;
}

/** Hands out the chunks of one run that has a name. */
export class NamedDispatch implements NamedDispatcher {
  readonly suspects = undefined;
  readonly isRemote = true;
  readonly #dispatch: KeepingDispatch;
  readonly #name: RunName;
  #work: Work | undefined;

  constructor(dispatch: KeepingDispatch, name: RunName) {
    this.#dispatch = dispatch;
    this.#name = name;
  }

  get grace(): number {
    return this.#dispatch.grace;
  }

  get chunkTime(): Dispatcher['chunkTime'] {
    return this.#dispatch.chunkTime;
  }

  attach(work: Work): void {
    this.#work = work;
    this.#dispatch.attachAs(work, this.#name);
  }

  /** Does nothing: what is left at the broker depends on how the run ended, which `ended` hears. */
  detach(): void {}

  wake(work: Work): void {
    this.#dispatch.wake(work);
  }

  withdraw(work: Work): Promise<void> | undefined {
    return this.#dispatch.pause(work);
  }

  countRemote(work: Work): ReturnType<NonNullable<Dispatcher['countRemote']>> {
    return this.#dispatch.countRemote?.(work);
  }

  holds(work: Work): boolean {
    return this.#dispatch.holds(work);
  }

  async ended(isComplete: boolean, pulled: number | undefined): Promise<void> {
    if (this.#work !== undefined) await this.#dispatch.finish(this.#work, isComplete, pulled);
  }
}
