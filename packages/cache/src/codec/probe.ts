import { type BlockCoder } from './block-coder.js';
import { shuffled, type Filter } from './byte-shuffle.js';
import { type Source } from './source.js';

/** What a sample says about a source. */
export interface Forecast {
  readonly filter: Filter;
  /** Bytes before compression. */
  readonly before: number;
  readonly after: number;
}

const FILTERS = ['plain', 'shuffle', 'delta'] as const;
const LEAST = 4096;
const MOST = 65_536;
/** A sample takes at most this share of a large source. */
const SHARE = 1 / 8;
const PIECE = 16_384;
/** Undoing a filter takes time on the event loop: it must be worth it. */
const WORTH = 0.95;
const ALIGN = 8;

/**
 * Compresses a small sample of a source with each filter: 64 KB at most, in pieces spread evenly. About 0.5 ms for
 * each filter on another thread.
 */
export async function forecast(source: Source, coder: BlockCoder): Promise<Forecast> {
  const { count, size } = sampleSize(source.length);
  const pieces = Array.from({ length: count }, (_, i) => {
    const start = aligned(((source.length - size) * (i + 0.5)) / count);
    return source.read(start, start + size);
  });
  const sampled = pieces.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const wide = pieces.some(({ width }) => width > 1);
  let best: Filter = 'plain';
  let least = Infinity;
  for (const filter of wide ? FILTERS : (['plain'] as const)) {
    const sample = Buffer.concat(pieces.map(({ bytes, width }) => shuffled(bytes, width, filter)));
    const { byteLength } = await coder.compress(sample);
    if (byteLength < least * WORTH) {
      best = filter;
      least = byteLength;
    }
  }
  const before = (source.length * sampled) / (count * size);
  return { filter: best, before, after: before * Math.min(1, least / sampled) };
}

/** How many pieces of what size make a sample. */
function sampleSize(length: number): { readonly count: number; readonly size: number } {
  const total = Math.min(length, MOST, Math.max(LEAST, length * SHARE));
  const count = Math.ceil(total / PIECE);
  return { count, size: aligned(total / count) };
}

function aligned(position: number): number {
  return Math.floor(position / ALIGN) * ALIGN;
}
