import type { Operation } from './candidate.js';

/** A kind of work for trials; `units` makes a function that does one and the same unit of it so many times, and nothing else. */
export interface TrialKind {
  readonly name: string;
  units(count: number): Operation;
}

const numbers = Float64Array.from({ length: 64 }, (_, i) => (i * 7919) % 101);

function spin(): number {
  let sum = 0;
  for (const n of numbers) sum += n * n;
  return sum;
}

function build(): object[] {
  const rows: object[] = [];
  for (let i = 0; i < 8; i++) rows.push({ id: i, name: 'row', price: i / 4 });
  return rows;
}

/** Work that only computes, work that allocates, and work that waits its turn. */
export const TRIAL_KINDS: readonly TrialKind[] = [
  {
    name: 'pure loop',
    units: (count) => () => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += spin();
      return sum;
    },
  },
  {
    name: 'allocating',
    units: (count) => () => {
      let last: unknown;
      for (let i = 0; i < count; i++) last = build();
      return last;
    },
  },
  {
    name: 'async',
    units: (count) => async () => {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        await Promise.resolve();
        sum += spin();
      }
      return sum;
    },
  },
];
