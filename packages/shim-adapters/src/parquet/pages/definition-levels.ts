import type { ByteReader } from '../thrift/byte-reader.js';
import { readRunLengths } from './run-lengths.js';

/** Which values of a page are there: a byte each, 1 = present; no flags at all when every one is. */
export interface Levels {
  readonly flags: Uint8Array | undefined;
  /** How many are there. */
  readonly count: number;
}

/**
 * Reads which values of a flat column are there.
 * @param levels undefined for a column without nulls
 */
export function readDefinitionLevels(levels: ByteReader | undefined, values: number): Levels {
  if (levels === undefined) return { flags: undefined, count: values };
  if (isOneRun(levels, values)) return { flags: undefined, count: values };
  const flags = new Uint8Array(values);
  readRunLengths(levels, 1, flags);
  let count = 0;
  let seen = 0;
  for (let i = 0; i < values; i++) {
    const flag = flags[i] ?? 0;
    count += flag;
    seen |= flag;
  }
  if (seen > 1) throw new RangeError('a value is defined deeper than its column');
  return { flags: count === values ? undefined : flags, count };
}

/** Whether all of them are there by one run, as writers store a page without nulls. */
function isOneRun(levels: ByteReader, values: number): boolean {
  const { at } = levels;
  const head = levels.varint();
  if ((head & 1) === 0 && head >>> 1 >= values && levels.byte() === 1) return true;
  levels.at = at;
  return false;
}
