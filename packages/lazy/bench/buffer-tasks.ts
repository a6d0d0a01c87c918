/** One buffer after the other, written and let go of. */
import { setImmediate as turn } from 'node:timers/promises';
import { MemoryPool } from '@perf/lazy';

export interface Use {
  readonly count: number;
  readonly bytes: number;
}

export async function fresh({ count, bytes }: Use): Promise<number> {
  let written = 0;
  for (let i = 0; i < count; i += 1) {
    written += new Uint8Array(bytes).fill(i).length;
    await turn();
  }
  return written;
}

export async function pooled({ count, bytes }: Use): Promise<number> {
  using pool = new MemoryPool({ memory: false });
  let written = 0;
  for (let i = 0; i < count; i += 1) {
    using lease = pool.acquire(bytes);
    written += lease.bytes.fill(i).length;
    await turn();
  }
  return written;
}
