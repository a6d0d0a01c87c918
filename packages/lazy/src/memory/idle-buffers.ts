interface IdleBuffer {
  readonly buffer: ArrayBuffer;
  readonly since: number;
}

/** Buffers that wait to be used again, by size; the last one in is the first out, as its pages are still warm. */
export class IdleBuffers {
  readonly #bySize = new Map<number, IdleBuffer[]>();
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  put(buffer: ArrayBuffer, now: number): void {
    const size = buffer.byteLength;
    const stack = this.#bySize.get(size) ?? [];
    stack.push({ buffer, since: now });
    this.#bySize.set(size, stack);
    this.#count += 1;
    this.#bytes += size;
  }

  /** A buffer of exactly this size, if there is one. */
  take(size: number): ArrayBuffer | undefined {
    const stack = this.#bySize.get(size);
    const taken = stack?.pop();
    if (taken !== undefined) this.#removed(size, stack);
    return taken?.buffer;
  }

  /** Drops the one that has waited longest; the bytes that freed. 0 when there is none. */
  dropOldest(): number {
    const oldest = this.#oldest();
    if (oldest === undefined) return 0;
    const stack = this.#bySize.get(oldest.buffer.byteLength);
    stack?.shift();
    this.#removed(oldest.buffer.byteLength, stack);
    return oldest.buffer.byteLength;
  }

  /** Since when the one that has waited longest waits. */
  get oldestSince(): number | undefined {
    return this.#oldest()?.since;
  }

  #oldest(): IdleBuffer | undefined {
    let oldest: IdleBuffer | undefined;
    // The bottom of each stack is its oldest, and there are few sizes.
    for (const [bottom] of this.#bySize.values()) {
      if (bottom !== undefined && (oldest === undefined || bottom.since < oldest.since)) oldest = bottom;
    }
    return oldest;
  }

  #removed(size: number, stack: readonly IdleBuffer[] | undefined): void {
    if (stack?.length === 0) this.#bySize.delete(size);
    this.#count -= 1;
    this.#bytes -= size;
  }
}
