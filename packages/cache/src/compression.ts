import { CacheError } from './cache-error.js';
import { type Entry } from './entry.js';
import { type ValueCodec } from './ports.js';
import { type Report } from './report.js';
import { sizeOf } from './size/size-of.js';
import { type CompressionStatistics } from './statistics.js';

/** What compression needs of the store. */
export interface CompressedStore<V> {
  /** Whether the entry is still the one that is served. */
  holds(entry: Entry<V>): boolean;
  /** Takes the compressed form in place of the value. */
  pack(entry: Entry<V>, parts: Uint8Array[], bytes: number): void;
}

/**
 * Compresses large values, one at a time, after they got in. Until the compressed form is there and is smaller, the
 * original is served; an entry that was replaced or removed meanwhile keeps out of it. An entry that is read stays
 * compressed: whoever needs it often pays for the decompression each time, the memory stays free.
 */
export class BackgroundCompression<V> {
  readonly #codec: ValueCodec<V> | undefined;
  readonly #above: number;
  readonly #store: CompressedStore<V>;
  readonly #report: Report;
  readonly #pending = new Set<Entry<V>>();
  readonly #decodes = new Map<Entry<V>, Promise<V | undefined>>();
  readonly #packed = { entries: 0, bytesBefore: 0, bytesAfter: 0 };
  readonly #count = {
    encoded: 0,
    declined: 0,
    notSmaller: 0,
    encodeFailures: 0,
    decoded: 0,
    decodeFailures: 0,
  };
  /** From the moment that work is scheduled until nothing is left to do. */
  #working = false;
  #encoding = false;
  #idle: (() => void)[] = [];
  #closed = false;

  constructor(o: {
    codec: ValueCodec<V> | undefined;
    above: number;
    store: CompressedStore<V>;
    report: Report;
  }) {
    this.#codec = o.codec;
    this.#above = o.above;
    this.#store = o.store;
    this.#report = o.report;
  }

  /** Call when an entry got in. */
  added(entry: Entry<V>): void {
    if (this.#codec === undefined || entry.valueBytes < this.#above) return;
    this.#pending.add(entry);
    // Not now: the caller of `set` is not to wait for the first steps of the codec.
    if (this.#working) return;
    this.#working = true;
    setImmediate(() => void this.#encodeAll());
  }

  /** Call when an entry has left. */
  removed(entry: Entry<V>): void {
    this.#pending.delete(entry);
    if (!entry.kept.packed) return;
    this.#packed.entries -= 1;
    this.#packed.bytesBefore -= entry.valueBytes;
    this.#packed.bytesAfter -= entry.kept.bytes;
  }

  /** Restores the value of a compressed entry off the event loop; `undefined` if it is corrupt. */
  restore(entry: Entry<V>, parts: Uint8Array[]): Promise<V | undefined> {
    const running = this.#decodes.get(entry);
    if (running !== undefined) return running;
    const decode = this.#decode(entry, parts);
    this.#decodes.set(entry, decode);
    return decode;
  }

  /** Restores the value of a compressed entry on the spot; throws if it is corrupt. */
  restoreSync(entry: Entry<V>, parts: Uint8Array[]): V {
    try {
      return this.#decoded(this.#codec?.decodeSync(parts));
    } catch (cause) {
      throw this.#corrupt(entry, cause);
    }
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
    for (const entry of this.#pending) {
      this.#pending.delete(entry);
      this.#encoding = true;
      await this.#encode(entry);
      this.#encoding = false;
    }
    this.#working = false;
    this.#wakeIdle();
  }

  async #encode(entry: Entry<V>): Promise<void> {
    if (this.#codec === undefined || entry.kept.packed) return;
    try {
      const parts: unknown = await this.#codec.encode(entry.kept.value);
      if (parts === undefined) this.#count.declined += 1;
      else this.#pack(entry, requireParts(parts));
    } catch (cause) {
      this.#count.encodeFailures += 1;
      const message = `compressing '${entry.label}' failed; it stays as it was`;
      this.#report(new CacheError('ERR_PERF_CACHE_ENCODE_FAILED', message, { cause }));
    }
  }

  #pack(entry: Entry<V>, parts: Uint8Array[]): void {
    const bytes = sizeOf(parts);
    this.#count.encoded += 1;
    if (bytes >= entry.valueBytes) {
      this.#count.notSmaller += 1;
      return;
    }
    if (this.#closed || !this.#store.holds(entry)) return;
    this.#store.pack(entry, parts, bytes);
    this.#packed.entries += 1;
    this.#packed.bytesBefore += entry.valueBytes;
    this.#packed.bytesAfter += bytes;
  }

  async #decode(entry: Entry<V>, parts: Uint8Array[]): Promise<V | undefined> {
    try {
      return this.#decoded(await this.#codec?.decode(parts));
    } catch (cause) {
      this.#report(this.#corrupt(entry, cause));
      return undefined;
    } finally {
      this.#decodes.delete(entry);
    }
  }

  #decoded(value: V | undefined): V {
    if (value === undefined) throw new TypeError('the codec gave undefined');
    this.#count.decoded += 1;
    return value;
  }

  #corrupt(entry: Entry<V>, cause: unknown): CacheError {
    this.#count.decodeFailures += 1;
    const message = `decompressing '${entry.label}' failed; the entry counts as missing`;
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
