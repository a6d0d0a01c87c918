import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Random, Zipf } from './random.js';

/** A trace of keys, and the sizes of a cache at which it is looked at. */
export interface Cell {
  readonly name: string;
  readonly keys: readonly string[];
  readonly entries: number;
}

/*
 * The traces that are recorded ones are not part of this repository: they are the data files of the Caffeine project's
 * simulator, the LIRS authors' traces (`*.trace.gz`, a key a line) and one of the cache2k benchmark (`*.trace.xz`,
 * big-endian 32-bit keys). PERF_TRACES names the folder that holds them.
 */
const RECORDED: readonly (readonly [file: string, name: string, sizes: readonly number[]])[] = [
  ['lirs-loop.trace.gz', 'loop', [512]],
  ['lirs-multi1.trace.gz', 'multi1', [500]],
  ['lirs-multi2.trace.gz', 'multi2', [2000]],
  ['lirs-gli.trace.gz', 'gli', [1000]],
  ['lirs-cs.trace.gz', 'cs', [500]],
  ['lirs-zigzag.trace.gz', 'zigzag', [500]],
  ['lirs-sprite.trace.gz', 'sprite', [500]],
  ['lirs-2_pools.trace.gz', '2_pools', [450]],
  ['cache2k-web07.trace.xz', 'web07', [75, 500, 2000]],
];

/** The recorded cells whose files are there. */
export function recordedCells(folder: string | undefined): Cell[] {
  if (folder === undefined) return [];
  return RECORDED.flatMap(([file, name, sizes]) => {
    const path = join(folder, file);
    if (!existsSync(path)) return [];
    const keys = file.endsWith('.xz') ? binaryKeys(path) : textKeys(path);
    return sizes.map((entries) => ({ name, keys, entries }));
  });
}

const ITEMS = 10_000;
const REQUESTS = 200_000;
const SIZE = 1000;

/** Zipf 0.9 over 10,000 keys: alone, with scans over keys asked for once, and with popularity that moves on five times. */
export function generatedCells(): Cell[] {
  return [
    { name: 'zipf 0.9', keys: steady(1), entries: SIZE },
    { name: 'zipf + scan', keys: scanned(2), entries: SIZE },
    { name: 'shifting zipf', keys: shifting(3), entries: SIZE },
  ];
}

function steady(seed: number): string[] {
  const zipf = new Zipf(ITEMS, 0.9, new Random(seed));
  return Array.from({ length: REQUESTS }, () => `key ${String(zipf.next())}`);
}

function scanned(seed: number): string[] {
  const zipf = new Zipf(ITEMS, 0.9, new Random(seed));
  const keys: string[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    keys.push(`key ${String(zipf.next())}`);
    if (i % 10_000 === 9999) for (let j = 0; j < 3000; j++) keys.push(`scan ${String(i)} ${String(j)}`);
  }
  return keys;
}

function shifting(seed: number): string[] {
  const zipf = new Zipf(ITEMS, 0.9, new Random(seed));
  const at = (i: number): number => (zipf.next() + Math.floor(i / 40_000) * 2718) % ITEMS;
  return Array.from({ length: REQUESTS }, (_, i) => `key ${String(at(i))}`);
}

function textKeys(path: string): string[] {
  const lines = gunzipSync(readFileSync(path)).toString('latin1').split('\n');
  const known = new Map<string, string>();
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '*')
    .map((line) => known.get(line) ?? (known.set(line, line), line));
}

function binaryKeys(path: string): string[] {
  const bytes = execFileSync('xz', ['-dc', path], { maxBuffer: 1 << 28 });
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => String(bytes.readInt32BE(4 * i)));
}
