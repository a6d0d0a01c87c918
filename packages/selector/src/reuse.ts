/**
 * Estimates from the stream of requests itself how likely the cache has an answer, and how likely a request comes
 * again. Both depend most on how often the same request came before, so they are counted apart for requests that are
 * new, that came once, twice, and more often; as Good and Turing estimate the unseen by what was seen once
 * (I. J. Good, The Population Frequencies of Species, 1953). The past fades.
 */

/** How often the same request came before; `unnamed` where nothing tells it from others. */
export type Familiarity = 0 | 1 | 2 | 3 | 'unnamed';

/** Requests remembered; the one not seen for longest makes room. */
const MAX_KEYS = 8192;
const FADE = 0.995;
/** What is believed beforehand, as strong as that many requests. */
const WEIGHT = 4;
const PRIOR = 0.3;

const FAMILIARITIES: readonly Familiarity[] = [0, 1, 2, 3, 'unnamed'];

/** A share that forgets. */
interface Share {
  yes: number;
  all: number;
}

export class Reuse {
  /** By a hash of their names: which ones they are is nobody's business, and names may be long. */
  readonly #seen = new Map<number, number>();
  readonly #hits = table();
  readonly #again = table();
  readonly #all: Share = { yes: 0, all: 0 };

  /** Share of requests that hit, recent ones counting more; 0.3 before anything was seen. */
  get probability(): number {
    return shareOf(this.#all, PRIOR);
  }

  familiarity(key: string | undefined): Familiarity {
    if (key === undefined) return 'unnamed';
    return familiar(this.#seen.get(hashOf(key)) ?? 0);
  }

  /** A request is made. */
  see(key: string | undefined): void {
    if (key === undefined) return;
    const name = hashOf(key);
    const count = this.#seen.get(name) ?? 0;
    // It had been seen that often, and came again; and it is now seen once more, and may.
    if (count > 0) this.#of(this.#again, familiar(count)).yes += 1;
    const now = this.#of(this.#again, familiar(count + 1));
    now.yes *= FADE;
    now.all = now.all * FADE + 1;
    this.#seen.delete(name);
    this.#seen.set(name, count + 1);
    if (this.#seen.size > MAX_KEYS) {
      for (const oldest of this.#seen.keys()) {
        this.#seen.delete(oldest);
        break;
      }
    }
  }

  /** How likely the cache has the answer. */
  hit(familiarity: Familiarity): number {
    return shareOf(this.#of(this.#hits, familiarity), this.probability);
  }

  /** How likely a request comes again that came that often before. */
  again(familiarity: Familiarity): number {
    if (familiarity === 'unnamed') return this.probability;
    const next = familiar(familiarity + 1);
    return Math.min(1, shareOf(this.#of(this.#again, next), PRIOR));
  }

  observe(hit: boolean, familiarity: Familiarity): void {
    for (const share of [this.#all, this.#of(this.#hits, familiarity)]) {
      share.yes = share.yes * FADE + (hit ? 1 : 0);
      share.all = share.all * FADE + 1;
    }
  }

  /** The counts, to be kept. Which requests were seen is not. */
  toJSON(): number[] {
    return [
      this.#all,
      ...FAMILIARITIES.flatMap((one) => [this.#of(this.#hits, one), this.#of(this.#again, one)]),
    ]
      .flatMap(({ yes, all }) => [yes, all])
      .map((count) => Number(count.toPrecision(4)));
  }

  restore(counts: readonly number[]): void {
    const shares = [
      this.#all,
      ...FAMILIARITIES.flatMap((one) => [this.#of(this.#hits, one), this.#of(this.#again, one)]),
    ];
    shares.forEach((share, i) => {
      share.yes = counts[2 * i] ?? 0;
      share.all = counts[2 * i + 1] ?? 0;
    });
  }

  #of(shares: ReadonlyMap<Familiarity, Share>, familiarity: Familiarity): Share {
    return shares.get(familiarity) ?? this.#all;
  }
}

/** Numbers that `toJSON` gives. */
export const REUSE_COUNTS: number = 2 * (1 + 2 * FAMILIARITIES.length);

function table(): ReadonlyMap<Familiarity, Share> {
  return new Map(FAMILIARITIES.map((one) => [one, { yes: 0, all: 0 }]));
}

/** FNV-1a over the code units (G. Fowler, L. C. Noll, K.-P. Vo). Two that meet are counted as one, which does little. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function familiar(count: number): Familiarity {
  if (count <= 0) return 0;
  return count === 1 ? 1 : count === 2 ? 2 : 3;
}

function shareOf({ yes, all }: Share, prior: number): number {
  return (yes + prior * WEIGHT) / (all + WEIGHT);
}
