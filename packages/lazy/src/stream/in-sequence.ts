import { handedOver, type Parcel } from './parcel.js';
import type { StageCall } from './stage-call.js';

/** A stage that takes a batch when it is asked for one, and not before it has given all that it made of the last. */
export async function* inSequence(
  call: StageCall,
  upstream: AsyncIterable<Parcel>,
): AsyncGenerator<Parcel, void> {
  try {
    for await (const parcel of upstream) {
      const made = await call.make(parcel);
      if (Symbol.asyncIterator in made) yield* made;
      else {
        const [only] = made;
        // Delegating costs more than all the rest, and nearly every call gives one batch.
        if (only !== undefined && made.length === 1) yield only;
        else yield* handedOver(made);
      }
    }
    yield* call.rest();
  } finally {
    call.close();
  }
}
