import { afterAll, beforeAll, expect, vi } from 'vitest';
import { turn } from './deferred.js';

/** Fails the file in which it is called if a promise is rejected that nobody handles. */
export function refuseUnhandledRejections(): void {
  const unhandled = vi.fn();
  beforeAll(() => {
    process.on('unhandledRejection', unhandled);
  });
  afterAll(async () => {
    await turn();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
}
