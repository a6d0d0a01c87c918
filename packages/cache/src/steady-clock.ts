import { type Clock } from '@perf/internal/clock';

/**
 * A clock that never goes back: when the one it reads from is set back, time goes on from where it was. Entries then
 * live as long as they should, instead of for ever or not at all. A reading that is no finite number counts as no time
 * passed.
 */
export class SteadyClock implements Clock {
  readonly #clock: Clock;
  #last = -Infinity;
  #ahead = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    const now = this.#clock.now() + this.#ahead;
    if (now >= this.#last && Number.isFinite(now)) {
      this.#last = now;
      return now;
    }
    if (now < this.#last && now !== -Infinity) this.#ahead += this.#last - now;
    // Nothing was read yet from which time could go on.
    if (this.#last === -Infinity) this.#last = 0;
    return this.#last;
  }
}
