import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const built = JSON.stringify(new URL('../dist/index.js', import.meta.url).href);
const module = JSON.stringify(new URL('./fixtures/tasks.mjs', import.meta.url).href);

/** Runs a script in a process of its own, which must end by itself, and returns the lines it printed. */
async function run(script: string, env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', `import * as benchmark from ${built};\n${script}`],
    { timeout: 15_000, env },
  );
  return stdout.trim().split('\n');
}

describe('the built package, in a process of its own', () => {
  it('starts nothing on import and leaves no collector behind', async () => {
    const lines = await run(`
      console.log(process.getActiveResourcesInfo().filter((kind) => /timeout|immediate|message|process/i.test(kind)).length);
      console.log(typeof globalThis.gc);
    `);
    expect(lines).toEqual(['0', 'undefined']);
  });

  it('finds the entries of its processes and of its watching thread, and lets the process end', async () => {
    const lines = await run(`
      const bench = new benchmark.PerformanceBenchmark();
      const task = { module: ${module}, export: 'units', args: 100 };
      const compared = await bench.compareIsolated({ a: task, b: task }, { processes: 2, budget: 200 });
      console.log(compared.contenders.length);
      const profile = await bench.profileMemory(() => Buffer.alloc(32 * 2 ** 20, 1), { runs: 2 });
      console.log(profile.timeline.length > 0, profile.peakBytes > 30 * 2 ** 20);
      console.log(typeof globalThis.gc);
    `);
    expect(lines).toEqual(['2', 'true true', 'undefined']);
  });

  it('starts no process from within one that a benchmark started', async () => {
    const script = `
      const bench = new benchmark.PerformanceBenchmark();
      const task = { module: ${module}, export: 'units', args: 100 };
      await bench.measureIsolated('x', task).catch((error) => console.log(error.code));
    `;
    const lines = await run(script, { ...process.env, PERF_BENCHMARK_CHILD: '1' });
    expect(lines).toEqual(['ERR_PERF_BENCHMARK_CHILD']);
  });
});
