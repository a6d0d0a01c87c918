import { shown } from '@perf/internal/errors';
import { parseCount, refuseUnknown } from '@perf/internal/options';
import { LazyError, refuseOption } from '../errors.js';
import { requireMethod } from '../options.js';
import { isSize } from '../size.js';
import type { Batch } from './batch.js';
import { checkSource, type SourceControl } from './source.js';

/** A source of batches that heeds what it is told. */
export type ControlledSource<T> = (control: SourceControl) => AsyncGenerator<Batch<T>, void>;

/**
 * The chunks of a stream of bytes as batches, a chunk each: of a Node `Readable`, a Web `ReadableStream`, or anything
 * that gives `Uint8Array`s or text (which becomes UTF-8). They have no rows; progress counts their bytes.
 */
export function fromByteStream(
  stream: AsyncIterable<unknown> | Iterable<unknown>,
): ControlledSource<Uint8Array> {
  checkSource(stream);
  return async function* (): AsyncGenerator<Batch<Uint8Array>, void> {
    for await (const chunk of stream) {
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (!(data instanceof Uint8Array)) {
        throw new LazyError('ERR_PERF_LAZY_BATCH', `a stream of bytes gave ${shown(chunk)}`);
      }
      yield { data, rows: 0, bytes: data.byteLength };
    }
  };
}

/** How items are gathered into batches. */
export interface GatherOptions<T> {
  /** The bytes that an item keeps in memory, about. */
  readonly bytesOf: (item: T) => number;
  /** Items of a batch at most. Default 1000. */
  readonly maxRows?: number;
}

const MAX_ROWS = 1000;

/**
 * Single items as batches of arrays: of an object stream, a cursor, a generator. A batch is full when it has `maxRows`
 * items, or weighs what the run asks for; so that what a batch costs on its way is shared by many items.
 */
export function fromItems<T>(
  items: AsyncIterable<T> | Iterable<T>,
  o: GatherOptions<T>,
): ControlledSource<T[]> {
  checkSource(items);
  refuseUnknown(o, ['bytesOf', 'maxRows'], refuseOption);
  requireMethod(o, 'bytesOf', 'bytesOf');
  const maxRows = parseCount(o.maxRows ?? MAX_ROWS, 'maxRows', refuseOption);
  return async function* (control): AsyncGenerator<Batch<T[]>, void> {
    let data: T[] = [];
    let bytes = 0;
    for await (const item of items) {
      const weight = o.bytesOf(item);
      if (!isSize(weight)) {
        throw refuseOption(`bytesOf must give a finite number of at least 0; given ${shown(weight)}`);
      }
      data.push(item);
      bytes += weight;
      if (data.length < maxRows && bytes < control.batchBytes) continue;
      yield { data, rows: data.length, bytes };
      data = [];
      bytes = 0;
    }
    if (data.length > 0) yield { data, rows: data.length, bytes };
  };
}
