import { type Channel } from '@perf/internal/channel';
import { type Clock } from './ports.js';
import { type CacheError } from './cache-error.js';
import { type CacheEvent, type FlightOutcome } from './events.js';
import { Failures } from './failures.js';
import { Flight, type Conversion } from './flight.js';
import { concerns, type Invalidation } from './invalidation.js';
import { type Address } from './key/cache-key.js';
import { type ResolvedSetOptions } from './call-options.js';
import { type Counters } from './statistics.js';

/** What becomes of a value that was made. */
export interface Destination<V> {
  /** Keeps it if it can; returns whether it did. */
  keep(id: string, label: string, value: V, options: ResolvedSetOptions, elapsed: number): boolean;
  /** Tells the owner what had to go. */
  deliver(): void;
}

/** The conversions under way, one for each key. */
export class Loads<V> {
  /** Those that newcomers can join, by key. */
  readonly #flights = new Map<string, Flight<V>>();
  /** All, also those that were overtaken. */
  readonly #running = new Set<Flight<V>>();
  readonly #failures: Failures;
  readonly #clock: Clock;
  readonly #destination: Destination<V>;
  readonly #counters: Counters;
  readonly #events: Channel<CacheEvent>;

  constructor(o: {
    clock: Clock;
    negativeTtl: number;
    destination: Destination<V>;
    counters: Counters;
    events: Channel<CacheEvent>;
  }) {
    this.#clock = o.clock;
    this.#failures = new Failures(o.negativeTtl);
    this.#destination = o.destination;
    this.#counters = o.counters;
    this.#events = o.events;
  }

  get size(): number {
    return this.#flights.size;
  }

  /**
   * Waits for the conversion of this key that is under way, or else starts this one; rejects with the error of one that
   * has failed a short while ago.
   */
  load(
    address: Address,
    convert: Conversion<V>,
    options: ResolvedSetOptions,
    signal: AbortSignal | undefined,
  ): Promise<V> {
    const running = this.#flights.get(address.id);
    if (running !== undefined) {
      this.#counters.joined += 1;
      return running.join(signal);
    }
    const failure = this.#failures.find(address.id, this.#clock.now());
    if (failure !== undefined) {
      this.#counters.negativeHits += 1;
      // It is what the conversion rejected with, whatever that is.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(failure.error);
    }
    const flight = this.#flight(address, options);
    const result = flight.join(signal);
    flight.start(convert);
    return result;
  }

  /** Starts a conversion for which nobody waits, if none of this key is under way or has failed a short while ago. */
  refresh(address: Address, convert: Conversion<V>, options: ResolvedSetOptions): void {
    if (this.#flights.has(address.id)) return;
    if (this.#failures.find(address.id, this.#clock.now()) !== undefined) return;
    this.#counters.refreshes += 1;
    const flight = this.#flight(address, options);
    flight.keepGoing();
    flight.start(convert);
  }

  /** The result of this key's conversion is no longer for newcomers, who start anew. */
  overtake(id: string): void {
    if (this.#flights.size === 0 && this.#failures.size === 0) return;
    this.#flights.get(id)?.overtake();
    this.#flights.delete(id);
    this.#failures.forget(id);
  }

  /** The same for all conversions. */
  overtakeAll(): void {
    for (const id of this.#flights.keys()) this.overtake(id);
    this.#failures.clear();
  }

  /** The same for all that an invalidation meets. */
  overtakeMatching(invalidation: Invalidation<V>): void {
    for (const [id, flight] of this.#flights) if (concerns(invalidation, flight)) this.overtake(id);
    this.#failures.forgetWhere((failure) => concerns(invalidation, failure));
  }

  cancelAll(error: CacheError): void {
    for (const flight of this.#running) flight.cancel(error);
    this.#running.clear();
    this.#flights.clear();
    this.#failures.clear();
  }

  #flight(address: Address, options: ResolvedSetOptions): Flight<V> {
    const started = this.#clock.now();
    // A clock that was set back counts as one that stood.
    const elapsed = (): number => Math.max(0, this.#clock.now() - started);
    const end = (outcome: FlightOutcome, cost: number): void => {
      this.#running.delete(flight);
      if (this.#flights.get(address.id) === flight) this.#flights.delete(address.id);
      this.#events.publish(() => ({ type: 'flight', label: address.label, cost, outcome }));
      this.#destination.deliver();
    };
    const flight = new Flight<V>(address, options.tags, {
      landed: (value, wanted) => {
        const cost = elapsed();
        this.#counters.loads += 1;
        this.#counters.loadMs += cost;
        let kept = false;
        try {
          kept = wanted && this.#destination.keep(address.id, address.label, value, options, cost);
        } finally {
          end(kept ? 'kept' : 'not-kept', cost);
        }
      },
      failed: (error, wanted) => {
        this.#counters.loadFailures += 1;
        if (wanted) this.#failures.add(flight, error, this.#clock.now());
        end('failed', elapsed());
      },
      aborted: () => {
        this.#counters.loadAborts += 1;
        end('aborted', elapsed());
      },
    });
    this.#flights.set(address.id, flight);
    this.#running.add(flight);
    return flight;
  }
}
