import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints why tests were left out, and `N passed, N failed` (and what was skipped) alone on the last line of a run. */
export class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const reasons = new Map<string, number>();
    let broken = errors.length;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        count[test.result().state] += 1;
        const reason = reasonOf(test);
        if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
      // A file that cannot be loaded has no tests to count; it must not look like success.
      if (module.errors().length > 0) broken += 1;
    }
    const skipped = count.skipped + count.pending;
    process.once('exit', () => {
      for (const [reason, tests] of reasons) process.stdout.write(`skipped: ${String(tests)} ${reason}\n`);
      const tail = skipped > 0 ? `, ${String(skipped)} skipped` : '';
      process.stdout.write(
        `${String(count.passed)} passed, ${String(count.failed + broken)} failed${tail}\n`,
      );
    });
  }
}

/** Why a test was left out. */
function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? (result.note ?? 'without a reason') : undefined;
}
