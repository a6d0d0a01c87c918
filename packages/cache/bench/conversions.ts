import type { TraceEntry } from '@perf/cache';
import { Random, Zipf } from './random.js';

/*
 * A stream of conversion requests: 2,000 templates by Zipf 0.9, whose results have log-normal sizes (median 200 KB, up
 * to 200 MB) and take a time in proportion to the size, at one of six throughputs from 10 MB/s to 2 GB/s, give or take
 * a third. In the second half of one that drifts, every other request is a template asked for only once.
 */

const TEMPLATES = 2000;
const REQUESTS = 60_000;
const MB = 2 ** 20;
const MB_PER_SECOND = [100, 30, 60, 2000, 10, 400] as const;
const FIXED_MS = 0.2;

export interface Workload {
  readonly requests: readonly Required<TraceEntry>[];
  /** Bytes of the results of all templates. */
  readonly bytes: number;
}

export function conversions(seed: number, drift: boolean): Workload {
  const random = new Random(seed);
  const template = (name: string): Required<TraceEntry> => {
    const size = Math.round(Math.min(200 * MB, Math.max(1000, 200_000 * Math.exp(1.5 * random.normal()))));
    const rate = MB_PER_SECOND[random.below(MB_PER_SECOND.length)] ?? 100;
    const cost = FIXED_MS + (size / MB / rate) * 1000 * Math.exp(0.3 * random.normal());
    return { key: name, size, cost };
  };
  const templates = Array.from({ length: TEMPLATES }, (_, i) => template(`template ${String(i)}`));
  const popular = shuffled(templates, random);
  const zipf = new Zipf(TEMPLATES, 0.9, random);
  const requests = Array.from({ length: REQUESTS }, (_, i) =>
    drift && i > REQUESTS / 2 && random.next() < 0.5 ? template(`once ${String(i)}`) : popular[zipf.next()],
  ).filter((request) => request !== undefined);
  return { requests, bytes: templates.reduce((sum, { size }) => sum + size, 0) };
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const [a, b] = [result[i], result[j]];
    if (a === undefined || b === undefined) continue;
    result[i] = b;
    result[j] = a;
  }
  return result;
}
