import { expect } from 'vitest';

/** Matches a SelectorError of that code whose message contains every one of the words. */
export function refusal(code: 'OPTION' | 'INPUT', ...words: string[]): unknown {
  return expect.objectContaining({
    name: 'SelectorError',
    code: `ERR_PERF_SELECTOR_INVALID_${code}`,
    message: expect.toSatisfy((message: string) => words.every((word) => message.includes(word))) as unknown,
  });
}
