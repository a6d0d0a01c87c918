import { CacheError } from './cache-error.js';
import { type ValueCodec } from './ports.js';
import { Packed, type EntryRef, type Records } from './records.js';
import { type Report } from './report.js';
import { sizeOf } from './size/size-of.js';
import { type CompressionStatistics } from './statistics.js';

/** What compression needs of the store. */
export interface CompressedStore<V> {
  /** Keeps something else for an entry. */
  swap(slot: number, kept: V | Packed, bytes: number): void;
  /** Whether there is room for so many bytes more without removing anything. */
  hasRoomFor(bytes: number): boolean;
}

/** From the so manieth time on that a compressed entry is restored, its value stays restored, if there is room. */
const OFTEN = 3;

/**
 * Compresses large values, one at a time, after they got in. Until the compressed form is there and is smaller, the
 * original is served; an entry that was replaced or removed meanwhile keeps out of it. A compressed entry that is read
 * again and again is kept restored as long as nothing has to go for it, and is compressed again when it has become cold.
 */
export class BackgroundCompression<V> {
  readonly #codec: ValueCodec<V> | undefined;
  readonly #above: number;
  readonly #records: Records<V>;
  readonly #store: CompressedStore<V>;
  readonly #report: Report;
  /** What waits to be compressed, by slot. */
  readonly #pending = new Map<number, EntryRef>();
  readonly #decodes = new Map<Packed, Promise<V | undefined>>();
  readonly #packed = { entries: 0, bytesBefore: 0, bytesAfter: 0 };
  readonly #count = {
    encoded: 0,
    declined: 0,
    notSmaller: 0,
    encodeFailures: 0,
    decoded: 0,
    decodeFailures: 0,
    keptRestored: 0,
  };
  /** From the moment that work is scheduled until nothing is left to do. */
  #working = false;
  #encoding = false;
  #idle: (() => void)[] = [];
  #closed = false;

  constructor(o: {
    codec: ValueCodec<V> | undefined;
    above: number;
    records: Records<V>;
    store: CompressedStore<V>;
    report: Report;
  }) {
    this.#codec = o.codec;
    this.#above = o.above;
    this.#records = o.records;
    this.#store = o.store;
    this.#report = o.report;
  }

  /** Call when an entry got in, or has become cold. */
  consider(slot: number): void {
    const records = this.#records;
    if (this.#codec === undefined || records.valueBytes(slot) < this.#above) return;
    if (records.kept[slot] instanceof Packed || records.isIncompressible(slot)) return;
    this.#pending.set(slot, records.ref(slot));
    // Not now: the caller of `set` is not to wait for the first steps of the codec.
    if (this.#working) return;
    this.#working = true;
    setImmediate(() => void this.#encodeAll());
  }

  /** Call when an entry leaves, or its value. */
  removed(slot: number): void {
    if (this.#codec === undefined) return;
    this.#pending.delete(slot);
    const kept = this.#records.kept[slot];
    if (kept instanceof Packed) this.#countPacked(slot, kept, -1);
  }

  /** Restores a value off the event loop, once for all who ask meanwhile; `undefined` if it is corrupt. */
  restore(packed: Packed, label: string): Promise<V | undefined> {
    const running = this.#decodes.get(packed);
    if (running !== undefined) return running;
    const decode = this.#decode(packed, label);
    this.#decodes.set(packed, decode);
    return decode;
  }

  /** Restores a value on the spot; throws if it is corrupt. */
  restoreSync(packed: Packed, label: string): V {
    try {
      return this.#decoded(this.#codec?.decodeSync(packed.parts));
    } catch (cause) {
      throw this.#corrupt(label, cause);
    }
  }

  /** Call when a compressed entry was restored to be read; returns whether the cache keeps the restored value. */
  keepsRestored(ref: EntryRef, packed: Packed, value: V): boolean {
    packed.restored += 1;
    const records = this.#records;
    if (packed.restored < OFTEN || !records.holds(ref) || records.kept[ref.slot] !== packed) return false;
    const more = records.valueBytes(ref.slot) - packed.bytes;
    if (!this.#store.hasRoomFor(more)) return false;
    this.#count.keptRestored += 1;
    this.#countPacked(ref.slot, packed, -1);
    this.#store.swap(ref.slot, value, records.bytes(ref.slot) + more);
    return true;
  }

  /** Resolves when nothing waits for compression and none is under way. */
  settled(): Promise<void> {
    if (this.#closed || !this.#working) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  close(): void {
    this.#closed = true;
    this.#pending.clear();
    this.#wakeIdle();
  }

  statistics(): CompressionStatistics {
    const pending = this.#pending.size + (this.#encoding ? 1 : 0);
    return Object.freeze({ ...this.#packed, ...this.#count, pending });
  }

  async #encodeAll(): Promise<void> {
    for (const [slot, ref] of this.#pending) {
      this.#pending.delete(slot);
      const value = this.#records.kept[slot];
      if (value === undefined || value instanceof Packed || !this.#records.holds(ref)) continue;
      this.#encoding = true;
      await this.#encode(ref, value);
      this.#encoding = false;
    }
    this.#working = false;
    this.#wakeIdle();
  }

  async #encode(ref: EntryRef, value: V): Promise<void> {
    const label = this.#records.label(ref.slot);
    try {
      const parts: unknown = await this.#codec?.encode(value);
      if (parts === undefined) this.#giveUp(ref, 'declined');
      else this.#pack(ref, requireParts(parts));
    } catch (cause) {
      this.#giveUp(ref, 'encodeFailures');
      const message = `compressing '${label}' failed; it stays as it was`;
      this.#report(new CacheError('ERR_PERF_CACHE_ENCODE_FAILED', message, { cause }));
    }
  }

  #giveUp(ref: EntryRef, why: 'declined' | 'notSmaller' | 'encodeFailures'): void {
    this.#count[why] += 1;
    if (this.#records.holds(ref)) this.#records.setIncompressible(ref.slot);
  }

  #pack(ref: EntryRef, parts: Uint8Array[]): void {
    const { slot } = ref;
    const bytes = sizeOf(parts);
    this.#count.encoded += 1;
    const held = !this.#closed && this.#records.holds(ref);
    const valueBytes = this.#records.valueBytes(slot);
    if (held && bytes >= valueBytes) {
      this.#giveUp(ref, 'notSmaller');
      return;
    }
    if (!held) return;
    const packed = new Packed(parts, bytes);
    this.#store.swap(slot, packed, this.#records.bytes(slot) + bytes - valueBytes);
    this.#countPacked(slot, packed, 1);
  }

  #countPacked(slot: number, packed: Packed, sign: 1 | -1): void {
    this.#packed.entries += sign;
    this.#packed.bytesBefore += sign * this.#records.valueBytes(slot);
    this.#packed.bytesAfter += sign * packed.bytes;
  }

  async #decode(packed: Packed, label: string): Promise<V | undefined> {
    try {
      return this.#decoded(await this.#codec?.decode(packed.parts));
    } catch (cause) {
      this.#report(this.#corrupt(label, cause));
      return undefined;
    } finally {
      this.#decodes.delete(packed);
    }
  }

  #decoded(value: V | undefined): V {
    if (value === undefined) throw new TypeError('the codec gave undefined');
    this.#count.decoded += 1;
    return value;
  }

  #corrupt(label: string, cause: unknown): CacheError {
    this.#count.decodeFailures += 1;
    const message = `decompressing '${label}' failed; the entry counts as missing`;
    return new CacheError('ERR_PERF_CACHE_DECODE_FAILED', message, { cause });
  }

  #wakeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const wake of idle) wake();
  }
}

function requireParts(parts: unknown): Uint8Array[] {
  if (Array.isArray(parts) && parts.every((part): part is Uint8Array => part instanceof Uint8Array)) {
    return parts.map(tight);
  }
  throw new TypeError('the codec must give a list of Uint8Array, or undefined');
}

/** A part without the rest of its buffer: codecs often give a small view of the large chunk that they worked in. */
function tight(part: Uint8Array): Uint8Array {
  return part.byteLength < part.buffer.byteLength ? new Uint8Array(part) : part;
}
