// Operations of known size, for processes of their own. `?pid=<file>` in the module's URL tells a witness whom to watch.
import { writeFileSync } from 'node:fs';

const MB = 2 ** 20;

const pidFile = new URL(import.meta.url).searchParams.get('pid');
if (pidFile !== null) writeFileSync(pidFile, String(process.pid));

export const buffers = () => {
  const kept = [];
  for (let i = 0; i < 50; i++) kept.push(Buffer.alloc(8 * MB, 1));
  return kept;
};

/** Arrays of numbers of 8 bytes: known to the byte, apart from their headers. */
export const heap = () => {
  const kept = [];
  for (let i = 0; i < 50; i++) kept.push(new Array(MB).fill(1.5));
  return kept;
};

export const stream = async () => {
  async function* chunks() {
    for (let i = 0; i < 64; i++) {
      yield new Uint8Array(8 * MB).fill(1);
      await new Promise(setImmediate);
    }
  }
  let sum = 0;
  for await (const chunk of chunks()) sum += chunk[5];
  return sum;
};

export const churn = () => {
  let sum = 0;
  for (let i = 0; i < 256; i++) sum += new Uint8Array(8 * MB).fill(1)[7];
  return sum;
};
