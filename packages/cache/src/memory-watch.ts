import { type Clock } from '@perf/internal/clock';
import type { MemoryReader } from '@perf/internal/memory/reading';
import { type Limits } from './policy/entry-facts.js';
import { PressureLimits } from './pressure-limits.js';

/** What is to keep to the limits. */
export interface Limited {
  readonly size: number;
  readonly bytes: number;
  /** Sets other limits, which hold at once, or step by step. */
  limit(limits: Limits, atOnce: boolean): void;
  /** Goes on with what `limit` has begun. */
  shrink(): void;
  deliver(): void;
}

/** Memory is looked at with one in so many operations at most. */
const LOOKS = 8;

/** The limits of a cache, which are lower than those that it was given while memory is scarce. */
export class MemoryWatch {
  readonly #clock: Clock;
  readonly #limited: Limited;
  readonly #pressure: PressureLimits | undefined;
  readonly #stopListening: (() => void) | undefined;
  #given: Limits;
  #operations = 0;
  #closed = false;

  constructor(o: {
    clock: Clock;
    limited: Limited;
    limits: Limits;
    /** Where to learn how scarce memory is, if the limits are to follow. */
    pressure: { readonly memory: MemoryReader; readonly listen: boolean } | undefined;
  }) {
    this.#clock = o.clock;
    this.#limited = o.limited;
    this.#given = o.limits;
    if (o.pressure === undefined) return;
    this.#pressure = new PressureLimits(o.pressure.memory);
    if (!o.pressure.listen) return;
    this.#stopListening = o.pressure.memory.subscribe(() => {
      this.#look();
    });
  }

  /** The limits that were given. */
  get given(): Limits {
    return this.#given;
  }

  /** The limits that hold now. */
  get limits(): Limits {
    return this.#pressure?.of(this.#given) ?? this.#given;
  }

  resize(given: Limits): void {
    this.#given = given;
    this.#limited.limit(this.limits, true);
  }

  /**
   * Call with each operation that may add something, and now and then with others, before anything else is done: the
   * owner is told of what had to go, and may close the cache.
   */
  operation(): void {
    if (this.#pressure === undefined) return;
    this.#operations += 1;
    if (this.#operations % LOOKS === 0) {
      this.#look();
    } else {
      this.#limited.shrink();
      this.#limited.deliver();
    }
  }

  close(): void {
    this.#closed = true;
    this.#stopListening?.();
  }

  #look(): void {
    if (this.#pressure === undefined || this.#closed) return;
    const { size: entries, bytes } = this.#limited;
    if (this.#pressure.step(this.#clock.now(), { entries, bytes }, this.#given)) {
      this.#limited.limit(this.limits, false);
    } else {
      this.#limited.shrink();
    }
    this.#limited.deliver();
  }
}
