/** The bytes end before what they promise; whoever holds only a part of them may come again with more. */
export class EndOfBytes extends RangeError {
  override readonly name = 'EndOfBytes';
}

/** Reads bytes in order and never beyond their end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new EndOfBytes('it ends too early');
    this.at += 1;
    return byte;
  }

  /** The next `count` bytes, as a view. */
  take(count: number): Uint8Array {
    if (!(count >= 0 && count <= this.left)) throw new EndOfBytes('it ends too early');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** An unsigned integer of four bytes, lowest first. */
  uint32(): number {
    const bytes = this.take(4);
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  }

  /** An unsigned integer of 32 bits, seven a byte (ULEB128). */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw new RangeError('an integer is longer than 32 bits');
  }

  /** A signed integer of 32 bits. */
  zigzag(): number {
    const value = this.varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** A signed integer of 64 bits; rounded beyond 2^53. */
  roundedZigzag(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new RangeError('an integer is longer than 64 bits');
  }

  /** A signed integer of 64 bits. */
  wideZigzag(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff_ffff_ffffn) break;
        return (value >> 1n) ^ -(value & 1n);
      }
    }
    throw new RangeError('an integer is longer than 64 bits');
  }
}
