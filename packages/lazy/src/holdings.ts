/** Something that holds memory and can let go of it. */
export interface Holder {
  readonly bytes: number;
  /** When it was last loaded or handed out. */
  readonly lastUseAt: number;
  /** What it took to make, and would take again. */
  readonly redoMs: number;
  /** Being loaded or read right now: never let go of. */
  readonly inUse: boolean;
}

/** Everything that is held, and in which order to let go of it. */
export class Holdings<H extends Holder> {
  readonly #weights = new Map<H, number>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#weights.size;
  }

  /** Takes note of a holder whose `bytes` have changed. */
  hold(holder: H): void {
    this.#bytes += holder.bytes - (this.#weights.get(holder) ?? 0);
    this.#weights.set(holder, holder.bytes);
  }

  release(holder: H): void {
    this.#bytes -= this.#weights.get(holder) ?? 0;
    this.#weights.delete(holder);
  }

  all(): H[] {
    return [...this.#weights.keys()];
  }

  /** Those not used for `ms`. */
  idleFor(ms: number, now: number): H[] {
    return this.all().filter((holder) => !holder.inUse && now - holder.lastUseAt >= ms);
  }

  /** Those that free memory when let go, the least valuable first. Sorts: O(n log n) for n holders. */
  leastValuableFirst(now: number): H[] {
    return this.all()
      .filter((holder) => !holder.inUse && holder.bytes > 0)
      .map((holder) => ({ holder, worth: worth(holder, now) }))
      .sort((a, b) => a.worth - b.worth || a.holder.lastUseAt - b.holder.lastUseAt)
      .map(({ holder }) => holder);
  }
}

/** Time saved per byte held, fading with the time since the last use. */
function worth(holder: Holder, now: number): number {
  // The added millisecond keeps order among conversions and pauses too short for the clock to see.
  const idleMs = Math.max(0, now - holder.lastUseAt);
  return (holder.redoMs + 1) / (holder.bytes * (idleMs + 1));
}
