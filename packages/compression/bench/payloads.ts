import { readFileSync } from 'node:fs';
import { callable, type Bench } from '@perf/tooling-bench';

// What the benches compress: 10 MB each, drawn from one seed, and columns of a real table.

export type Numbers = Float64Array | Int32Array | BigInt64Array | Uint8Array;

const BYTES = 10 * 2 ** 20;

/** Draws from [0, 1): a Weyl sequence and a mix (Steele and Vigna's splitmix32). */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e_37_79_b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21_f0_aa_ad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x73_5a_2d_97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

const draw = draws(20_260_101);

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

const DOUBLES = BYTES / 8;
const WORDS = BYTES / 4;

function times(): Float64Array {
  let time = 1_600_000_000_000;
  return Float64Array.from({ length: DOUBLES }, () => (time += 1000 + Math.round((draw() * 2 - 1) * 10)));
}

/** Typed arrays by name. */
export const NUMBERS: Readonly<Record<string, () => Numbers>> = {
  walk: () => {
    let cents = 10_000;
    return Float64Array.from({ length: DOUBLES }, () => (cents += Math.round(normal() * 12)) / 100);
  },
  ids: () => {
    let id = 0;
    return Int32Array.from({ length: WORDS }, () => (id += 1 + Math.floor(draw() * 16)));
  },
  timestamps: () => BigInt64Array.from(times(), (time) => BigInt(time)),
  'timestamps as doubles': times,
  prices: () => Float64Array.from({ length: DOUBLES }, () => Math.round(draw() * 100_000) / 100),
  category: () =>
    Int32Array.from({ length: WORDS }, () => Math.min(11, Math.floor(-2 * Math.log(1 - draw())))),
  noise: () => Float64Array.from({ length: DOUBLES }, normal),
  random: () => Uint8Array.from({ length: BYTES }, () => draw() * 256),
};

const CITIES = ['Lagos', 'Lima', 'Lyon', 'Leeds', 'Łódź', 'São Paulo', 'Köln', 'Osaka', 'Quito', 'Perth'];
const CATEGORIES = ['tools', 'food', 'books', 'toys', 'games', 'garden', 'sport'];
const STATES = ['new', 'paid', 'sent', 'done'];
const WORDS_OF_NOTES =
  'please leave at the door ring twice fragile gift wrap call before second floor thanks'.split(' ');

interface Order {
  readonly id: number;
  readonly time: string;
  readonly customer: string;
  readonly email: string;
  readonly city: string;
  readonly category: string;
  readonly price: number;
  readonly quantity: number;
  readonly discount: number;
  readonly status: string;
  readonly flag: boolean;
  readonly note: string;
}

const pick = <T>(from: readonly T[]): T => from[Math.floor(draw() * from.length)] as T;

function order(id: number): Order {
  const customer = Math.floor(draw() * 50_000);
  return {
    id,
    time: new Date(1_700_000_000_000 + id * 1000 + Math.floor(draw() * 999)).toISOString(),
    customer: `customer ${String(customer)}`,
    email: `user${String(customer)}@mail.example`,
    city: pick(CITIES),
    category: pick(CATEGORIES),
    price: Math.round(draw() * 100_000) / 100,
    quantity: 1 + Math.floor(draw() * 9),
    discount: Math.floor(draw() * 30),
    status: pick(STATES),
    flag: draw() < 0.5,
    note: draw() < 0.3 ? Array.from({ length: 8 }, () => pick(WORDS_OF_NOTES)).join(' ') : '',
  };
}

/** An order table as text, and as an Arrow file. */
export async function texts(peer: Bench['peer']): Promise<Record<string, Uint8Array>> {
  const rows = Array.from({ length: 75_000 }, (_, index) => order(index + 1));
  const [first] = rows;
  const names = Object.keys(first ?? {}) as (keyof Order)[];
  const csv = [names.join(), ...rows.map((row) => names.map((name) => String(row[name])).join())].join('\n');
  const flechette = await peer('@uwdata/flechette');
  const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
  const table = callable(flechette, 'tableFromArrays')(columns);
  return {
    csv: new TextEncoder().encode(csv),
    json: new TextEncoder().encode(JSON.stringify(rows)),
    ndjson: new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join('\n')),
    arrow: callable(flechette, 'tableToIPC')(table, { format: 'file' }) as Uint8Array,
  };
}

/** The five columns of flights-3m.parquet in vega-datasets: numbers as they are, airports as numbers of entries. */
export async function flights(peer: Bench['peer']): Promise<Record<string, Numbers | Uint16Array>> {
  // The package exports only its JavaScript; the file lies in a folder beside it.
  const peers = new URL('../../../tooling/bench-peers/node_modules/vega-datasets/', import.meta.url);
  const bytes = readFileSync(new URL('data/flights-3m.parquet', peers));
  const { compressors } = (await peer('hyparquet-compressors')) as { compressors: unknown };
  const read = callable(await peer('hyparquet'), 'parquetReadObjects');
  const memory = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const rows = (await read({ file: memory, compressors })) as Record<string, bigint | string | number>[];
  const numbers = (name: string): Int32Array => Int32Array.from(rows, (row) => Number(row[name]));
  const entries = new Map<unknown, number>();
  const codes = (name: string): Uint16Array =>
    Uint16Array.from(rows, (row) => {
      const code = entries.get(row[name]) ?? entries.size;
      entries.set(row[name], code);
      return code;
    });
  return {
    'flights date': numbers('date'),
    'flights delay': numbers('delay'),
    'flights distance': numbers('distance'),
    'flights origin': codes('origin'),
    'flights destination': codes('destination'),
  };
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
