import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import { TypeId, type ArrowBatch } from './arrow-batch.js';

/**
 * Refuses a column whose batches claim more than their buffers hold. Arrow libraries take their word for it, so one
 * flipped bit in a length would otherwise give undefined values, or a loop that fills all memory.
 *
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`
 */
export function requireBuffers(name: string, batch: ArrowBatch): void {
  const { length, nullCount, validity, bitOffset } = batch;
  if (!Number.isSafeInteger(length) || length < 0) throw broken(name, `claims ${String(length)} values`);
  if (nullCount > length) {
    throw broken(name, `claims ${String(nullCount)} nulls among ${String(length)} values`);
  }
  if (nullCount > 0 && validity !== undefined) {
    requireRoom(name, length, validity.length * 8 - bitOffset);
  }
  requireValues(name, batch);
  for (const child of batch.children) requireBuffers(name, child);
  for (const entries of batch.dictionary) requireBuffers(name, entries);
}

function requireValues(name: string, batch: ArrowBatch): void {
  const { length, values, offsets, children, type, bitOffset } = batch;
  const bytes = values?.byteLength ?? 0;
  switch (type.typeId) {
    case TypeId.Bool:
      requireRoom(name, length, bytes * 8 - bitOffset);
      return;
    case TypeId.Utf8:
    case TypeId.Binary:
    case TypeId.LargeUtf8:
    case TypeId.LargeBinary:
      requireOffsets(name, offsets, length, bytes);
      return;
    case TypeId.List:
    case TypeId.LargeList:
    case TypeId.Map:
      requireOffsets(name, offsets, length, children[0]?.length ?? 0);
      return;
    case TypeId.FixedSizeList:
      requireRoom(name, length * type.stride, children[0]?.length ?? 0);
      return;
    case TypeId.Struct:
      for (const child of children) requireRoom(name, length, child.length);
      return;
    case TypeId.FixedSizeBinary:
      requireRoom(name, length * type.stride, bytes);
      return;
    default:
      if (isElementwise(type.typeId)) requireRoom(name, length, bytes / widthOf(batch));
  }
}

function isElementwise(typeId: number): boolean {
  return (
    typeId === TypeId.Int ||
    typeId === TypeId.Float ||
    typeId === TypeId.Decimal ||
    typeId === TypeId.Date ||
    typeId === TypeId.Time ||
    typeId === TypeId.Timestamp ||
    typeId === TypeId.Duration ||
    typeId === TypeId.Dictionary
  );
}

function widthOf({ type, values }: ArrowBatch): number {
  if (type.typeId === TypeId.Decimal) return Math.max(1, type.bitWidth / 8);
  return values !== undefined && 'BYTES_PER_ELEMENT' in values && typeof values.BYTES_PER_ELEMENT === 'number'
    ? values.BYTES_PER_ELEMENT
    : 1;
}

function requireRoom(name: string, claimed: number, room: number): void {
  if (claimed <= room) return;
  throw broken(
    name,
    `claims ${String(claimed)} values, its buffers hold ${String(Math.max(0, Math.floor(room)))}`,
  );
}

/** They never go back, and end within what they point into. */
function requireOffsets(
  name: string,
  offsets: Int32Array | BigInt64Array | undefined,
  length: number,
  within: number,
): void {
  // A batch without rows may come without offsets.
  if (length === 0 && (offsets === undefined || offsets.length === 0)) return;
  if (offsets === undefined) throw broken(name, `claims ${String(length)} values, its buffers hold 0`);
  requireRoom(name, length, offsets.length - 1);
  let last = Number(offsets[0] ?? 0);
  if (last < 0) throw broken(name, `begins at offset ${String(last)}`);
  if (offsets instanceof Int32Array) {
    for (let i = 1; i <= length; i++) {
      const offset = offsets[i] ?? 0;
      if (offset < last) throw broken(name, `goes back from offset ${String(last)} to ${String(offset)}`);
      last = offset;
    }
  } else {
    for (let i = 1; i <= length; i++) {
      const offset = Number(offsets[i] ?? 0n);
      if (offset < last) throw broken(name, `goes back from offset ${String(last)} to ${String(offset)}`);
      last = offset;
    }
  }
  if (last > within) throw broken(name, `points to ${String(last)} of ${String(within)}`);
}

function broken(name: string, what: string): ConversionError {
  return new ConversionError(
    'ERR_PERF_CONVERT_BAD_INPUT',
    `the Arrow data is broken: column ${shown(name)} ${what}`,
  );
}
