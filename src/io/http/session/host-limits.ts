import { Limiter, type Limits } from '../../../limiter/limiter.ts';

/** Number of hosts from which on those that nobody has asked for lately are forgotten. */
const MOST_IDLE = 256;

/** Limits requests by host, with a limiter for each: a host that is slow or strict holds up no other. */
export class HostLimits {
  readonly #limits: Limits;
  readonly #hosts = new Map<string, Limiter>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  acquire(host: string, signal?: AbortSignal): Promise<() => void> {
    let limiter = this.#hosts.get(host);
    if (limiter === undefined) {
      if (this.#hosts.size >= MOST_IDLE) this.#forgetIdle();
      this.#hosts.set(host, (limiter = new Limiter(this.#limits)));
    }
    return limiter.acquire(signal);
  }

  #forgetIdle(): void {
    for (const [host, limiter] of this.#hosts) if (limiter.isIdle) this.#hosts.delete(host);
  }
}
