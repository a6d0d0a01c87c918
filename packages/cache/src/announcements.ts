import { type Channel } from '@perf/internal/channel';
import { describe } from './entry.js';
import { type CacheEvent } from './events.js';
import { textOf } from './key/cache-key.js';
import { type Records, type Writing } from './records.js';
import { type RemovalNotices, RemovalView, type LeaveCause } from './removal.js';
import { type Values } from './values.js';

/** Tells whoever listens, on the diagnostics channel or through `onRemove`, what happens to entries. */
export class Announcements<V> {
  readonly #records: Records<V>;
  readonly #values: Values<V>;
  readonly #events: Channel<CacheEvent>;
  readonly #notices: RemovalNotices<V> | undefined;

  constructor(o: {
    records: Records<V>;
    values: Values<V>;
    events: Channel<CacheEvent>;
    notices: RemovalNotices<V> | undefined;
  }) {
    this.#records = o.records;
    this.#values = o.values;
    this.#events = o.events;
    this.#notices = o.notices;
  }

  /** Whether anybody is told in the middle of an operation. */
  get active(): boolean {
    return this.#events.active;
  }

  /** An entry was served, or written. */
  tell(type: 'hit' | 'stale' | 'set', slot: number): void {
    if (!this.#events.active) return;
    const { label, bytes, cost } = describe(this.#records, slot);
    this.#events.publish(() => ({ type, label, bytes, cost }));
  }

  missed(label: () => string): void {
    if (this.#events.active) this.#events.publish(() => ({ type: 'miss', label: label() }));
  }

  /** The record still stands. */
  left(slot: number, cause: LeaveCause): void {
    if (this.#notices !== undefined) this.#notice(this.#notices, slot, cause);
    if (!this.#events.active) return;
    const { label, bytes, cost } = describe(this.#records, slot);
    this.#events.publish(() => ({ type: 'remove', label, bytes, cost, cause }));
  }

  refused({ id, label, bytes, cost, tags, createdAt, expiresAt, value }: Writing<V>): void {
    if (value === undefined) return;
    const key = textOf(id);
    const entry = {
      key,
      label,
      bytes,
      cost,
      tags,
      createdAt,
      expiresAt,
      lastAccessAt: createdAt,
      hits: 0,
      compressed: false,
    };
    this.#notices?.add(new RemovalView(entry, 'refused', () => this.#values.copy(value)));
    if (this.#events.active) {
      this.#events.publish(() => ({ type: 'remove', label, bytes, cost, cause: 'refused' }));
    }
  }

  /** Call at the end of an operation. */
  deliver(): void {
    this.#notices?.deliver();
  }

  #notice(notices: RemovalNotices<V>, slot: number, cause: LeaveCause): void {
    const kept = this.#records.kept[slot];
    if (kept === undefined) return;
    const read = this.#values.reader(slot, kept);
    notices.add(
      new RemovalView(describe(this.#records, slot), cause, () => {
        try {
          return read();
        } finally {
          this.deliver();
        }
      }),
    );
  }
}
