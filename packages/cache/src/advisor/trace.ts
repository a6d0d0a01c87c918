import { shown } from '@perf/internal/errors';
import { invalidOption } from '../cache-error.js';

/** One request of a trace. */
export interface TraceEntry {
  readonly key: string;
  /** Bytes of the value. Default 1. */
  readonly size?: number;
  /** Milliseconds that it takes to make the value. Default 1. */
  readonly cost?: number;
}

/** A request with every default filled in. */
export interface Access {
  readonly key: string;
  readonly size: number;
  readonly cost: number;
}

/** Reads the request at a place of a trace, counted from 1. */
export function readAccess(entry: TraceEntry, place: number): Access {
  const given: unknown = entry;
  if (typeof given !== 'object' || given === null)
    throw wrong(place, `must be an object; given ${shown(given)}`);
  const { key, size = 1, cost = 1 } = entry;
  if (typeof key !== 'string') throw wrong(place, `needs a text as key; given ${shown(key)}`);
  if (!(Number.isFinite(size) && size >= 0))
    throw wrong(place, `needs a size of at least 0; given ${shown(size)}`);
  if (!(Number.isFinite(cost) && cost >= 0))
    throw wrong(place, `needs a cost of at least 0; given ${shown(cost)}`);
  return { key, size, cost };
}

function wrong(place: number, what: string): Error {
  return invalidOption(`request ${String(place)} of the trace ${what}`);
}
