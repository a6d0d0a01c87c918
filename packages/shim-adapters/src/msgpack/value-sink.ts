import { ConversionError } from '../errors.js';
import { type ByteSink } from '../table/byte-sink.js';

const NANOS = 1_000_000_000n;
const MAX_DEPTH = 1000;
const scratch = new DataView(new ArrayBuffer(16));
const scratchBytes = new Uint8Array(scratch.buffer);

/** Writes MessagePack values, each in the shortest form that holds it. */
export class ValueSink {
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  null(): void {
    this.#sink.byte(0xc0);
  }

  bool(value: boolean): void {
    this.#sink.byte(value ? 0xc3 : 0xc2);
  }

  float32(value: number): void {
    scratch.setFloat32(0, value);
    this.#headed(0xca, 4);
  }

  float64(value: number): void {
    scratch.setFloat64(0, value);
    this.#headed(0xcb, 8);
  }

  /** A whole number that is safe as a double. */
  integer(value: number): void {
    if (value >= 0) this.#unsigned(value);
    else this.#signed(value);
  }

  bigint(value: bigint): void {
    if (value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) {
      this.integer(Number(value));
    } else if (value >= 0n) {
      scratch.setBigUint64(0, value);
      this.#headed(0xcf, 8);
    } else {
      scratch.setBigInt64(0, value);
      this.#headed(0xd3, 8);
    }
  }

  text(bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    const length = end - start;
    if (length < 32) this.#sink.byte(0xa0 | length);
    else this.#length(length, 0xd9, 0xda, 0xdb);
    this.#sink.bytes(bytes, start, end);
  }

  binary(bytes: Uint8Array, start: number = 0, end: number = bytes.length): void {
    this.#length(end - start, 0xc4, 0xc5, 0xc6);
    this.#sink.bytes(bytes, start, end);
  }

  array(length: number): void {
    if (length < 16) this.#sink.byte(0x90 | length);
    else this.#length(length, undefined, 0xdc, 0xdd);
  }

  map(length: number): void {
    if (length < 16) this.#sink.byte(0x80 | length);
    else this.#length(length, undefined, 0xde, 0xdf);
  }

  /** A timestamp, as extension type -1 in its shortest form. */
  moment(nanoseconds: bigint): void {
    const rest = ((nanoseconds % NANOS) + NANOS) % NANOS;
    const seconds = (nanoseconds - rest) / NANOS;
    if (rest === 0n && seconds >= 0n && seconds < 2n ** 32n) {
      this.#sink.byte(0xd6);
      scratch.setUint32(0, Number(seconds));
      this.#headed(0xff, 4);
    } else if (seconds >= 0n && seconds < 2n ** 34n) {
      this.#sink.byte(0xd7);
      scratch.setBigUint64(0, (rest << 34n) | seconds);
      this.#headed(0xff, 8);
    } else {
      this.#sink.byte(0xc7);
      this.#sink.byte(12);
      scratch.setUint32(0, Number(rest));
      scratch.setBigInt64(4, seconds);
      this.#headed(0xff, 12);
    }
  }

  /** A JavaScript value, with all that is in it. */
  value(value: unknown, depth = 0): void {
    if (depth > MAX_DEPTH) {
      throw new ConversionError('ERR_PERF_CONVERT_TOO_LARGE', 'a value is nested more than 1000 levels deep');
    }
    if (value === null || value === undefined) this.null();
    else if (typeof value === 'boolean') this.bool(value);
    else if (typeof value === 'number') {
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.integer(value);
      else this.float64(value);
    } else if (typeof value === 'bigint') this.bigint(value);
    else if (typeof value === 'string') this.text(Buffer.from(value, 'utf8'));
    else if (value instanceof Date) this.moment(BigInt(value.getTime()) * 1_000_000n);
    else if (value instanceof Uint8Array) this.binary(value);
    else if (Array.isArray(value)) {
      this.array(value.length);
      for (const item of value) this.value(item, depth + 1);
    } else this.#object(value, depth);
  }

  #object(value: object, depth: number): void {
    const entries = Object.entries(value);
    this.map(entries.length);
    for (const [key, inner] of entries) {
      this.text(Buffer.from(key, 'utf8'));
      this.value(inner, depth + 1);
    }
  }

  #unsigned(value: number): void {
    if (value < 0x80) this.#sink.byte(value);
    else if (value < 0x100) {
      scratch.setUint8(0, value);
      this.#headed(0xcc, 1);
    } else if (value < 0x1_0000) {
      scratch.setUint16(0, value);
      this.#headed(0xcd, 2);
    } else if (value < 0x1_0000_0000) {
      scratch.setUint32(0, value);
      this.#headed(0xce, 4);
    } else {
      scratch.setBigUint64(0, BigInt(value));
      this.#headed(0xcf, 8);
    }
  }

  #signed(value: number): void {
    if (value >= -0x20) this.#sink.byte(value & 0xff);
    else if (value >= -0x80) {
      scratch.setInt8(0, value);
      this.#headed(0xd0, 1);
    } else if (value >= -0x8000) {
      scratch.setInt16(0, value);
      this.#headed(0xd1, 2);
    } else if (value >= -0x8000_0000) {
      scratch.setInt32(0, value);
      this.#headed(0xd2, 4);
    } else {
      scratch.setBigInt64(0, BigInt(value));
      this.#headed(0xd3, 8);
    }
  }

  #length(length: number, byte: number | undefined, short: number, long: number): void {
    if (byte !== undefined && length < 0x100) {
      scratch.setUint8(0, length);
      this.#headed(byte, 1);
    } else if (length < 0x1_0000) {
      scratch.setUint16(0, length);
      this.#headed(short, 2);
    } else {
      scratch.setUint32(0, length);
      this.#headed(long, 4);
    }
  }

  #headed(head: number, bytes: number): void {
    this.#sink.byte(head);
    this.#sink.bytes(scratchBytes, 0, bytes);
  }
}
