/** Work whose amount is exact: `units(105)` does the same unit 105 times, and nothing else. */
export interface Work {
  readonly name: string;
  units(count: number): () => unknown;
}

const numbers = Float64Array.from({ length: 64 }, (_, i) => (i * 7919) % 101);
const lines = Array.from({ length: 4 }, (_, i) => `${String(i)},flight-${String(i)},${String(i / 4)}`);

function sum(): number {
  let total = 0;
  for (const n of numbers) total += n * n;
  return total;
}

/** A few lines of CSV as row objects. */
function convert(): object[] {
  return lines.map((line) => {
    const [id, name, price] = line.split(',');
    return { id: Number(id), name, price: Number(price) };
  });
}

export const WORK: readonly Work[] = [
  {
    name: 'pure loop',
    units: (count) => () => {
      let total = 0;
      for (let i = 0; i < count; i++) total += sum();
      return total;
    },
  },
  {
    name: 'allocating conversion',
    units: (count) => () => {
      let last: unknown;
      for (let i = 0; i < count; i++) last = convert();
      return last;
    },
  },
  {
    name: 'async function',
    units: (count) => async () => {
      let total = 0;
      for (let i = 0; i < count; i++) {
        await Promise.resolve();
        total += sum();
      }
      return total;
    },
  },
];
