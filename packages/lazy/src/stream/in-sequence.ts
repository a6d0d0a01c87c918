import type { Parcel } from './parcel.js';
import type { StageCall } from './stage-call.js';

/** A stage that takes a batch when it is asked for one, and not before it has given all that it made of the last. */
export async function* inSequence(
  call: StageCall,
  upstream: AsyncIterable<Parcel>,
): AsyncGenerator<Parcel, void> {
  try {
    for await (const parcel of upstream) yield* call.of(parcel);
    yield* call.rest();
  } finally {
    call.close();
  }
}
