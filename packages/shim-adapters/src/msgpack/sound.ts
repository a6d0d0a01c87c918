import { ConversionError } from '../errors.js';
import { beyondLimit, type ResolvedLimits } from '../limits.js';

/**
 * Walks MessagePack bytes (https://github.com/msgpack/msgpack/blob/master/spec.md) without making a value: every length
 * is held against what is left, so that five bytes which claim four billion elements cost nothing, and nesting against
 * its limit, before the library takes memory for any of it.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT` with the byte, `..._TOO_LARGE`
 */
export function requireSound(bytes: Uint8Array, { nesting, fieldBytes }: ResolvedLimits): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  /** Values that the open arrays and maps still wait for, the innermost last. */
  const open: number[] = [];
  let awaited = 1;
  let at = 0;

  const length8 = (): number => (at < length ? view.getUint8(at++) : short());
  const length16 = (): number => {
    if (at + 2 > length) return short();
    at += 2;
    return view.getUint16(at - 2);
  };
  const length32 = (): number => {
    if (at + 4 > length) return short();
    at += 4;
    return view.getUint32(at - 4);
  };
  const skip = (count: number, isField: boolean): void => {
    if (isField && count > fieldBytes) {
      const what = `a MessagePack value has ${String(count)} bytes`;
      throw beyondLimit(what, 'fieldBytes', fieldBytes, { line: 1, offset: at });
    }
    if (at + count > length) short();
    at += count;
  };
  const enter = (count: number): void => {
    awaited += count;
    // Each value takes a byte at least.
    if (awaited > length - at) short();
    if (count === 0) return;
    if (open.length >= nesting) {
      const what = `the MessagePack is nested more than ${String(nesting)} levels deep`;
      throw beyondLimit(what, 'nesting', nesting, { line: 1, offset: at });
    }
    open.push(count);
  };
  function short(): never {
    throw broken('it ends within a value, or a length is wrong', at);
  }

  while (awaited > 0) {
    if (at >= length) short();
    const head = view.getUint8(at++);
    awaited -= 1;
    let container: number | undefined;
    if (head <= 0x7f || head >= 0xe0) {
      // Small whole numbers are their own head.
    } else if (head <= 0x8f) container = (head & 0x0f) * 2;
    else if (head <= 0x9f) container = head & 0x0f;
    else if (head <= 0xbf) skip(head & 0x1f, true);
    else container = longer(head);
    const around = open.length - 1;
    if (around >= 0) open[around] = (open[around] ?? 1) - 1;
    if (container !== undefined) enter(container);
    // What has no more to come is closed, unless its last value has itself been opened now.
    while (open.at(-1) === 0) open.pop();
  }
  if (at < length) throw broken(`${String(length - at)} bytes follow its end`, at);

  /** What has a length or a width of its own; gives the number of values that an array or map holds. */
  function longer(head: number): number | undefined {
    switch (head) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return undefined;
      case 0xc4:
      case 0xd9:
        skip(length8(), true);
        return undefined;
      case 0xc5:
      case 0xda:
        skip(length16(), true);
        return undefined;
      case 0xc6:
      case 0xdb:
        skip(length32(), true);
        return undefined;
      case 0xc7:
        skip(length8() + 1, true);
        return undefined;
      case 0xc8:
        skip(length16() + 1, true);
        return undefined;
      case 0xc9:
        skip(length32() + 1, true);
        return undefined;
      case 0xcc:
      case 0xd0:
        skip(1, false);
        return undefined;
      case 0xcd:
      case 0xd1:
        skip(2, false);
        return undefined;
      case 0xca:
      case 0xce:
      case 0xd2:
        skip(4, false);
        return undefined;
      case 0xcb:
      case 0xcf:
      case 0xd3:
        skip(8, false);
        return undefined;
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        skip(1 + 2 ** (head - 0xd4), false);
        return undefined;
      case 0xdc:
        return length16();
      case 0xdd:
        return length32();
      case 0xde:
        return length16() * 2;
      case 0xdf:
        return length32() * 2;
      default:
        throw broken('a value begins with a byte that means nothing', at - 1);
    }
  }
}

function broken(what: string, offset: number): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_BAD_INPUT',
    `the bytes are not MessagePack, or broken at byte ${String(offset)}: ${what}`,
    { position: { line: 1, offset } },
  );
}
