import { spawnSync } from 'node:child_process';
import * as zlib from 'node:zlib';
import type { TestContext } from 'vitest';

interface Need {
  readonly isMet: () => boolean;
  readonly reason: string;
}

/** What a test may need that not every host has, and which ones have it. */
const NEEDS = {
  zstd: {
    isMet: () => 'zstdCompressSync' in zlib,
    reason: 'needs zstd in node:zlib, which came with Node 22.15',
  },
  Float16Array: {
    isMet: () => 'Float16Array' in globalThis,
    reason: 'needs Float16Array, which came with Node 24',
  },
  'the program gzip': program('gzip'),
  'the program zstd': program('zstd'),
} as const satisfies Record<string, Need>;

/** Leaves a test out where the host lacks something, and has the run say what. */
export function needs(test: Pick<TestContext, 'skip'>, ...things: readonly (keyof typeof NEEDS)[]): void {
  for (const thing of things) {
    const { isMet, reason } = NEEDS[thing];
    if (!isMet()) test.skip(reason);
  }
}

function program(name: string): Need {
  return {
    isMet: () => spawnSync(name, ['--version']).status === 0,
    reason: `needs the program ${name} on the PATH`,
  };
}
