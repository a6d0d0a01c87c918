/**
 * Peak memory of operations whose size is known: 400 MB of buffers and of heap by arithmetic; a stream and a churn, where the
 * collector decides, by a witness in another process that reads the memory of the first one without a pause.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
// @boundaries-ignore the runner depends on this package, so it cannot be a dependency of it
import type { Bench } from '../../../tooling/bench/src/bench.js';

const MB = 2 ** 20;
const WITNESS = fileURLToPath(new URL('./memory-witness.mjs', import.meta.url));

const OPERATIONS: readonly { title: string; name: string; knownBytes?: number }[] = [
  { title: '400 MB of buffers', name: 'buffers', knownBytes: 400 * MB },
  { title: '400 MB of heap', name: 'heap', knownBytes: 400 * MB },
  { title: 'a stream of 64 x 8 MB', name: 'stream' },
  { title: 'a churn of 2 GB', name: 'churn' },
];

export default async function run(bench: Bench): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'perf-memory-'));
  try {
    for (const operation of OPERATIONS) {
      const lines: Record<string, string> = {};
      for (const method of ['auto', 'sampled'] as const) {
        lines[method === 'auto' ? 'kernel' : 'sampled'] = await examined(bench, operation, method, folder);
      }
      bench.figures(`Peak of ${operation.title}`, lines);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function examined(
  { benchmark, quick }: Bench,
  { name, knownBytes }: (typeof OPERATIONS)[number],
  method: 'auto' | 'sampled',
  folder: string,
): Promise<string> {
  const pidFile = join(folder, `${name}-${method}`);
  const module = new URL('./memory-tasks.mjs', import.meta.url);
  module.searchParams.set('pid', pidFile);
  const witness =
    process.platform === 'linux'
      ? promisify(execFile)(process.execPath, [WITNESS, pidFile])
      : Promise.resolve({ stdout: '' });
  const profile = await benchmark.profileMemory({ module, export: name }, { runs: quick ? 3 : 8, method });
  const highest = Number((await witness).stdout);
  const own = Math.max(...profile.peaks) + profile.startBytes;
  return [
    `${(profile.peakBytes / MB).toFixed(1)} MB (${profile.method})`,
    ...(knownBytes === undefined ? [] : [`known: ${off(profile.peakBytes, knownBytes)}`]),
    ...(highest > 0
      ? [`witness over the whole profile: ${off(own - profile.startBytes, highest - profile.startBytes)}`]
      : []),
  ].join('; ');
}

function off(found: number, truth: number): string {
  const share = (100 * (found - truth)) / truth;
  return `${(truth / MB).toFixed(1)} MB, off by ${share.toFixed(1)} %`;
}
