const FIRST_CAPACITY = 64;

/** The hashes of entries that were given up lately, the oldest forgotten first. */
export class Ghost {
  /** Where in the ring each hash stands, counted from the beginning of time. */
  readonly #places = new Map<number, number>();
  #ring: Int32Array = new Int32Array(FIRST_CAPACITY);
  #next = 0;

  /** Remembers a hash, and so many hashes in all. */
  add(hash: number, capacity: number): void {
    if (capacity > this.#ring.length) this.#grow(capacity);
    this.#forget(this.#next - this.#ring.length);
    this.#ring[this.#next & (this.#ring.length - 1)] = hash;
    this.#places.set(hash, this.#next);
    this.#next += 1;
  }

  /** Whether a hash is among the `capacity` that were added last; it is forgotten. */
  take(hash: number, capacity: number): boolean {
    const place = this.#places.get(hash);
    if (place === undefined) return false;
    this.#places.delete(hash);
    return this.#next - place <= capacity;
  }

  #forget(place: number): void {
    if (place < 0) return;
    const hash = this.#ring[place & (this.#ring.length - 1)] ?? 0;
    if (this.#places.get(hash) === place) this.#places.delete(hash);
  }

  /** The ring becomes twice as long; a place keeps its number and has its position by the longer length. */
  #grow(capacity: number): void {
    const before = this.#ring;
    let length = before.length;
    while (length < capacity) length *= 2;
    const ring = new Int32Array(length);
    for (let at = 0; at < length; at += before.length) ring.set(before, at);
    this.#ring = ring;
  }
}
