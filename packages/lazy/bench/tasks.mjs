import { transferring } from '@perf/lazy';

export function echo(value) {
  return value;
}

export function moveBack({ bytes }) {
  return transferring(bytes, [bytes.buffer]);
}
