import type { Clock } from '@perf/internal/clock';

/**
 * # The loop that is timed
 *
 * One loop serves every function under test, and its call is kept from ever being inlined. A loop of its own for each
 * function sounds better and is worse: the optimiser then inlines a small function, moves what does not change out of the
 * loop, and times nothing; and two copies of one function differ by the luck of where their machine code landed. Closures
 * made by one factory do not separate them either: V8 keeps type feedback for the source text, not for the closure, so
 * the second function slows the first one down again from the moment it appears.
 *
 * Hence the call sees several functions before the first sample (`unsettle`), for V8 then stops guessing the callee. The price
 * is the same for everybody: about 5 ns a call (`callCost` measures it), which functions of a few
 * nanoseconds should be read with. The result of each call is stored where the optimiser must assume that it is read.
 */
const kept: { result: unknown } = { result: undefined };

/** Milliseconds that `calls` calls took, two readings of the clock around them. */
export function timeCalls(run: () => unknown, calls: number, clock: Clock): number {
  const began = clock.now();
  for (let i = 0; i < calls; i++) kept.result = run();
  return clock.now() - began;
}

/** The same for a function that returns a promise: one call after the other, each awaited. */
export async function timeAsyncCalls(run: () => unknown, calls: number, clock: Clock): Promise<number> {
  const began = clock.now();
  for (let i = 0; i < calls; i++) kept.result = await run();
  return clock.now() - began;
}

/** Lets go of the last result, so that no output outlives its sample. */
export function release(): void {
  kept.result = undefined;
}

/** Shows the loop functions of several kinds, so that no single one is ever taken for granted. */
export async function unsettle(clock: Clock): Promise<void> {
  const kinds: (() => unknown)[] = [
    () => 1,
    () => 1.5,
    () => 'text',
    () => ({ made: true }),
    () => [1],
    function plain() {
      return undefined;
    },
  ];
  for (const kind of kinds) {
    timeCalls(kind, 8, clock);
    await timeAsyncCalls(kind, 8, clock);
  }
  release();
}
