import type { Clock } from '../src/index.js';

/** A clock that stands until it is told to go. */
export class FakeClock implements Clock {
  time: number;

  constructor(time = 0) {
    this.time = time;
  }

  now(): number {
    return this.time;
  }

  advance(ms: number): void {
    this.time += ms;
  }
}
