import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sourceBytes } from '../src/source.js';
import { ByteSink } from '../src/table/byte-sink.js';
import { failure } from './requests.js';

const folder = mkdtempSync(join(tmpdir(), 'perf-allocation-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** An allocator that remembers, and gives more than was asked for, as pools do. */
function pool(): { allocate: (bytes: number) => Uint8Array; given: ArrayBufferLike[] } {
  const given: ArrayBufferLike[] = [];
  const allocate = (bytes: number): Uint8Array => {
    const memory = new Uint8Array(bytes + 100).fill(7);
    given.push(memory.buffer);
    return memory;
  };
  return { allocate, given };
}

describe('memory from the caller', () => {
  test('holds the bytes of a path', async () => {
    const path = join(folder, 'a.bin');
    writeFileSync(path, 'some bytes');
    const { allocate, given } = pool();
    const bytes = await sourceBytes({ path }, undefined, allocate);
    expect(Buffer.from(bytes).toString()).toBe('some bytes');
    expect(given).toEqual([bytes.buffer]);
  });

  test('is not asked for an empty file', async () => {
    const path = join(folder, 'empty.bin');
    writeFileSync(path, '');
    const { allocate, given } = pool();
    expect((await sourceBytes({ path }, undefined, allocate)).length).toBe(0);
    expect(given).toEqual([]);
  });

  test('holds the text that is written, without a copy at the end', () => {
    const { allocate, given } = pool();
    const sink = new ByteSink(10, allocate);
    sink.text('x'.repeat(1000));
    const bytes = sink.finish();
    expect(Buffer.from(bytes).toString()).toBe('x'.repeat(1000));
    expect(given.at(-1)).toBe(bytes.buffer);
  });

  test('is refused when it is less than what was asked for, or no memory', async () => {
    const path = join(folder, 'b.bin');
    writeFileSync(path, 'some bytes');
    for (const given of [new Uint8Array(9), 'nothing', undefined]) {
      const allocate = (): Uint8Array => given as Uint8Array;
      const error = await failure(() => sourceBytes({ path }, undefined, allocate));
      expect(error.code).toBe('ERR_PERF_CONVERT_INVALID_OPTION');
      expect(error.message).toContain('at least 10 bytes');
    }
  });
});
