/** A named warning of a conversion. */
export interface ConversionWarning {
  /** What happened, from a stable list that the adapters document, such as `'non-finite-as-null'`. */
  readonly code: string;
  readonly column?: string;
  /** How many values it concerns. */
  readonly count: number;
  readonly message: string;
  /** `true` when those values do not come back the same. */
  readonly lossy: boolean;
}

/**
 * The ledger of one conversion step: every value that the target format cannot carry is counted where it is
 * written, so that the quality of a result is measured, not guessed.
 */
export class Losses {
  /** In the order in which they first came. */
  #warnings: Counted[] = [];
  /** By code, then by column: values are counted one by one, so that a look must make nothing new. */
  readonly #index = new Map<string, Map<string | undefined, Counted>>();
  #lost = 0;
  #total = 0;

  /** Values that will not come back the same. */
  lost(code: string, column: string | undefined, message: string, count = 1): void {
    this.#lost += count;
    this.#note(code, column, message, count, true);
  }

  /** A change worth knowing that loses no value. */
  noted(code: string, column: string | undefined, message: string, count = 1): void {
    this.#note(code, column, message, count, false);
  }

  /** Declares how many values the step handled. */
  total(values: number): void {
    this.#total += values;
  }

  /** Takes over what another ledger has. */
  add(other: Losses): void {
    this.#lost += other.#lost;
    this.#total += other.#total;
    for (const { code, column, message, count, lossy } of other.#warnings) {
      this.#note(code, column, message, count, lossy);
    }
  }

  get warnings(): readonly ConversionWarning[] {
    return this.#warnings.map((warning) => ({ ...warning }));
  }

  /** The share of values that survive the way back, 0 to 1; 1 for a step without values. */
  get quality(): number {
    return this.#total === 0 ? 1 : Math.max(0, 1 - this.#lost / this.#total);
  }

  /** The warnings since this was last asked, for one piece of a stream. */
  take(): readonly ConversionWarning[] {
    const taken = this.warnings;
    this.#warnings = [];
    this.#index.clear();
    return taken;
  }

  #note(code: string, column: string | undefined, message: string, count: number, lossy: boolean): void {
    let byColumn = this.#index.get(code);
    if (byColumn === undefined) {
      byColumn = new Map();
      this.#index.set(code, byColumn);
    }
    const known = byColumn.get(column);
    if (known !== undefined) {
      known.count += count;
      return;
    }
    const counted = { code, ...(column === undefined ? {} : { column }), count, message, lossy };
    byColumn.set(column, counted);
    this.#warnings.push(counted);
  }
}

type Counted = ConversionWarning & { count: number };

/** The warnings of several parts of one conversion: one a code and column, their counts added up. */
export function mergedWarnings(warnings: readonly ConversionWarning[]): readonly ConversionWarning[] {
  const merged = new Map<string, ConversionWarning>();
  for (const warning of warnings) {
    const key = warningKey(warning.code, warning.column);
    const known = merged.get(key);
    merged.set(key, known === undefined ? warning : { ...known, count: known.count + warning.count });
  }
  return [...merged.values()];
}

function warningKey(code: string, column: string | undefined): string {
  return `${code} ${column ?? ''}`;
}
