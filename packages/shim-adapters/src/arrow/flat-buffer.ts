import { ConversionError } from '../errors.js';

/**
 * A table of a FlatBuffer (https://flatbuffers.dev/internals/), read with every step checked. The Arrow library reads
 * beyond the end without a word, and a vector that claims 2^31 entries would keep it busy until memory is full; so
 * whatever it is going to walk is walked here first, within bounds.
 */
export class FlatTable {
  readonly #bytes: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #slots: number;

  /** @param at where the table begins */
  constructor(bytes: DataView, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#vtable = at - this.#int32(at);
    const vtableBytes = this.#uint16(this.#vtable);
    this.#within(this.#vtable, Math.max(4, vtableBytes));
    this.#slots = (vtableBytes - 4) >>> 1;
  }

  /** The table whose offset stands at the beginning. */
  static root(bytes: DataView): FlatTable {
    if (bytes.byteLength < 4) throw brokenMessage();
    return new FlatTable(bytes, bytes.getUint32(0, true));
  }

  byte(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : this.#uint8(at);
  }

  short(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : this.#uint16(at);
  }

  /** A 64-bit number, which must be 0 to 2^53 - 1. */
  long(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : this.longAt(at);
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#field(slot);
    return at === 0 ? undefined : new FlatTable(this.#bytes, this.#target(at));
  }

  /** The tables of a vector. */
  tables(slot: number): FlatTable[] {
    const { count, from } = this.vector(slot, 4);
    return Array.from({ length: count }, (_, i) => new FlatTable(this.#bytes, this.#target(from + i * 4)));
  }

  /** Where the elements of a vector begin and how many there are; all of them lie within the buffer. */
  vector(slot: number, elementBytes: number): { count: number; from: number } {
    const at = this.#field(slot);
    if (at === 0) return { count: 0, from: 0 };
    const start = this.#target(at);
    this.#within(start, 4);
    const count = this.#bytes.getUint32(start, true);
    this.#within(start + 4, count * elementBytes);
    return { count, from: start + 4 };
  }

  /** A 64-bit number of a vector of structs. */
  longAt(at: number): number {
    this.#within(at, 8);
    const value = this.#bytes.getBigInt64(at, true);
    if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw brokenMessage();
    return Number(value);
  }

  #field(slot: number): number {
    if (slot >= this.#slots) return 0;
    const offset = this.#uint16(this.#vtable + 4 + slot * 2);
    return offset === 0 ? 0 : this.#at + offset;
  }

  /** Offsets only go forward: a table that contains itself cannot be written. */
  #target(at: number): number {
    this.#within(at, 4);
    const offset = this.#bytes.getUint32(at, true);
    if (offset === 0) throw brokenMessage();
    return at + offset;
  }

  #uint8(at: number): number {
    this.#within(at, 1);
    return this.#bytes.getUint8(at);
  }

  #uint16(at: number): number {
    this.#within(at, 2);
    return this.#bytes.getUint16(at, true);
  }

  #int32(at: number): number {
    this.#within(at, 4);
    return this.#bytes.getInt32(at, true);
  }

  #within(at: number, length: number): void {
    if (at < 0 || at + length > this.#bytes.byteLength) throw brokenMessage();
  }
}

export function brokenMessage(what: string = 'its description points outside of itself'): ConversionError {
  return new ConversionError('ERR_PERF_CONVERT_BAD_INPUT', `the bytes are not Arrow IPC, or broken: ${what}`);
}
