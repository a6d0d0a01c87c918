import type { Batch, Column as ArrowColumn } from '@uwdata/flechette';
import { shown } from '@perf/internal/errors';
import { ConversionError } from '../errors.js';
import type { Flechette } from './arrow-type.js';

/**
 * Refuses a column whose batches claim more values than their buffers hold. The library takes their word for it, so
 * one flipped bit in a length would otherwise give undefined values, or a loop that fills all memory.
 * @throws ConversionError `ERR_PERF_CONVERT_BAD_INPUT`
 */
export function requireBuffers(f: Flechette, name: string, column: ArrowColumn<unknown>): void {
  for (const batch of column.data) {
    const room = roomOf(f, batch);
    if (batch.length <= room) continue;
    throw new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `the Arrow data is broken: column ${shown(name)} claims ${String(batch.length)} values, its buffers hold ${String(room)}`,
    );
  }
}

/** How many values the buffers of a batch can hold at most. */
function roomOf(f: Flechette, batch: Batch<unknown>): number {
  const { nullCount, validity, offsets, children } = batch;
  const values: unknown = batch.values;
  const { typeId } = batch.type;
  const present = nullCount > 0 && bytesIn(validity) > 0 ? bytesIn(validity) * 8 : Infinity;
  if (typeId === f.Type.Null) return Infinity;
  if (bytesIn(offsets) > 0) return Math.min(present, textRoom(batch));
  if (typeId === f.Type.Struct) {
    const rooms = children.map((child) => Math.min(child.length, roomOf(f, child)));
    return Math.min(present, ...rooms);
  }
  if (!ArrayBuffer.isView(values)) return present;
  return Math.min(present, typeId === f.Type.Bool ? values.byteLength * 8 : elementsIn(values));
}

/** Offsets hold one value less than there are, and none when the last points beyond the bytes. */
function textRoom({ length, offsets, values }: Batch<unknown>): number {
  const known = offsets instanceof Int32Array && values instanceof Uint8Array;
  if (!known) return elementsIn(offsets);
  return (offsets[length] ?? 0) > values.length ? 0 : offsets.length - 1;
}

function bytesIn(view: unknown): number {
  return ArrayBuffer.isView(view) ? view.byteLength : 0;
}

function elementsIn(view: unknown): number {
  return ArrayBuffer.isView(view) && 'length' in view && typeof view.length === 'number' ? view.length : 0;
}
