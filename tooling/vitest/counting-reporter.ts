import type { Reporter, TestModule } from 'vitest/node';

/** Prints `N passed, N failed` (and what was skipped) alone on the last line of a run. */
export class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    let broken = errors.length;
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      // A file that cannot be loaded has no tests to count; it must not look like success.
      if (module.errors().length > 0) broken += 1;
    }
    const skipped = count.skipped + count.pending;
    process.once('exit', () => {
      const tail = skipped > 0 ? `, ${String(skipped)} skipped` : '';
      process.stdout.write(
        `${String(count.passed)} passed, ${String(count.failed + broken)} failed${tail}\n`,
      );
    });
  }
}
