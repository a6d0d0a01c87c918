import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { needs } from '@perf/tooling-vitest/needs';
import { describe, expect, it } from 'vitest';
import { Compressor } from '../src/index.js';
import { pattern, sameBytes } from './samples.js';

describe.each([
  ['node:zlib', false],
  ['fflate', true],
])('the payload of a gzip frame of %s', (_, portable) => {
  const compressor = new Compressor({ codec: 'gzip', portable });
  const content = pattern(200_000);

  async function payloads(): Promise<Uint8Array[]> {
    const frames = [compressor.compressSync(content), await compressor.compress(content)];
    return frames.map((frame) => {
      const { codec, payloadOffset, payloadBytes } = compressor.inspect(frame);
      expect(codec).toBe('gzip');
      return frame.subarray(payloadOffset, payloadOffset + payloadBytes);
    });
  }

  it('is one gzip member without a time stamp', async () => {
    for (const payload of await payloads()) {
      expect([...payload.subarray(0, 8)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
      expect(sameBytes(gunzipSync(payload), content)).toBe(true);
    }
  });

  it('is read by gzip -d', async (test) => {
    needs(test, 'the program gzip');
    for (const payload of await payloads()) {
      const { status, stdout, stderr } = spawnSync('gzip', ['-dc'], { input: payload });
      expect([status, stderr.toString()]).toEqual([0, '']);
      expect(sameBytes(stdout, content)).toBe(true);
    }
  });
});
