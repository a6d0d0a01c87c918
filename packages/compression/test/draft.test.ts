import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ExactDraft, GrowingDraft } from '../src/draft.js';
import { HEADER_BYTES } from '../src/index.js';

describe.each([
  ['of known length', () => new ExactDraft(4, crc32)],
  ['of any length', () => new GrowingDraft(4, crc32)],
])('a draft %s', (_, make) => {
  it('joins copies of its pieces behind a blank header', async () => {
    const draft = make();
    const piece = Uint8Array.of(1, 2);
    expect(draft.write(piece)).toBe(true);
    piece.set([3, 4]);
    expect(draft.write(piece)).toBe(true);
    const frame = await draft.finish(undefined);
    expect([...frame]).toEqual([...new Uint8Array(HEADER_BYTES), 1, 2, 3, 4]);
    expect(frame.buffer.byteLength).toBe(HEADER_BYTES + 4);
    expect(draft.checksum).toBe(crc32(Uint8Array.of(1, 2, 3, 4)));
  });

  it('takes no byte more than it may', () => {
    const draft = make();
    expect(draft.write(new Uint8Array(4))).toBe(true);
    expect(draft.write(new Uint8Array(1))).toBe(false);
  });
});
