// Watches another process without a pause, and prints the most bytes it ever had resident. Linux only.
import { readFileSync } from 'node:fs';

const PAGE = 4096;
const [pidFile] = process.argv.slice(2);

let pid = '';
while (pid === '') {
  try {
    pid = readFileSync(pidFile, 'utf8');
  } catch {
    // Not started yet.
  }
}
let highest = 0;
for (;;) {
  let pages = 0;
  try {
    pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
  } catch {
    break;
  }
  // A process that was ended and not yet waited for has no memory any more.
  if (pages === 0) break;
  highest = Math.max(highest, pages * PAGE);
}
process.stdout.write(String(highest));
