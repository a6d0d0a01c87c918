import { constants } from 'node:buffer';
import { expect, test } from 'vitest';
import { failure, fullRegistry, request } from '../requests.js';

const TIMEOUT = 120_000;

test('text longer than a string is told as such, whole', { timeout: TIMEOUT }, async () => {
  const text = Buffer.alloc(constants.MAX_STRING_LENGTH + 2, 0x20);
  for (const from of ['json', 'ndjson'] as const) {
    const error = await failure(() => fullRegistry().convert(request(from, 'columns', text)));
    expect(error.code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
  }
});

test('a stream that never ends its line is given up, not held for ever', { timeout: TIMEOUT }, async () => {
  const state = { open: true };
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    const piece = Buffer.alloc(2 ** 24, 0x20);
    try {
      for (;;) yield await Promise.resolve(piece);
    } finally {
      state.open = false;
    }
  };
  const error = await failure(async () => {
    const wanted = { source: { stream: endless() }, from: 'ndjson', to: 'columns' } as const;
    for await (const batch of fullRegistry().stream(wanted)) expect(batch).toBe('none');
  });
  expect(error.code).toBe('ERR_PERF_CONVERT_TOO_LARGE');
  expect(error.position).toEqual({ line: 1, offset: 0 });
  expect(state.open).toBe(false);
});
