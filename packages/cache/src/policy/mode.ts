/** A way to keep entries, see `segments.ts`. */
export interface Mode {
  readonly name: string;
  /** The share of the limits that newcomers have for themselves, 0 to 1. Where it is all, this is LRU. */
  readonly window: number;
  /** How the rest is kept: the least recently used go first, or the least valued. */
  readonly main: 'recency' | 'value';
}

const percent = (share: number): string => `${String(Math.round(100 * share))} %`;

/** Least recently used. */
export const LRU: Mode = { name: 'lru', window: 1, main: 'recency' };

/** The least of frequency x cost / size goes first, which may be the newcomer itself. */
export const GDSF: Mode = { name: 'gdsf', window: 0, main: 'value' };

/** A window for newcomers, and a main space kept by recency, which an entry enters only if it is worth more than the victim. */
export function windowTinyLfu(window: number): Mode {
  return { name: `w-tinylfu, window ${percent(window)}`, window, main: 'recency' };
}

/** The same with a main space kept by value. */
export function windowGdsf(window: number): Mode {
  return { name: `w-gdsf, window ${percent(window)}`, window, main: 'value' };
}
