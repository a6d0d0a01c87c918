/**
 * Decimals of 16 and 17 digits, correctly rounded, without a detour over text. `head * 10^n + tail` is held as an
 * unevaluated sum of two doubles, divided by a power of ten, and the remainder of that division is corrected, with
 * the error-free transformations of Dekker ("A floating-point technique for extending the available precision",
 * 1971). Where the result lies too close to the middle of two doubles to be sure, the caller takes the slow way.
 */

const SPLITTER = 134_217_729; // 2^27 + 1
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Relative error of the corrected quotient, generously. */
const DOUBT = 2 ** -40;

/**
 * The double nearest to `(head * 10^(significant - 9) + tail) / 10^fraction`, or 0 when that is in doubt, or when
 * those digits would not come back from it.
 *
 * @param head the first nine significant digits
 * @param tail the other ones, seven or eight
 * @param fraction at most 22: the powers of ten up to there are exact doubles
 */
export function exactDecimal(head: number, tail: number, significant: number, fraction: number): number {
  // Nine digits times 10^7 or 10^8 have at most 49 bits above their trailing zeros: exact.
  const leading = head * (POWERS[significant - 9] ?? 1);
  const high = leading + tail;
  const low = tail - (high - leading);
  const power = POWERS[fraction] ?? 1;

  const quotient = high / power;
  const back = quotient * power;
  const remainder = high - back - productError(quotient, power, back) + low;
  const correction = remainder / power;
  const value = quotient + correction;
  const doubt = Math.abs(correction) * DOUBT;
  if (quotient + (correction - doubt) !== value || quotient + (correction + doubt) !== value) return 0;

  // The digits come back when the double is nearer to them than half a unit of the last one.
  const again = value * power;
  const distance = Math.abs(high - again - productError(value, power, again) + low);
  return distance < 0.499_999 ? value : 0;
}

/** What `a * b` lost when it was rounded to `product`. */
function productError(a: number, b: number, product: number): number {
  const aScaled = a * SPLITTER;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = b * SPLITTER;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
