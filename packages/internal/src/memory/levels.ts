import { shown, type Refuse } from '../errors.js';
import type { MemoryPressure } from './reading.js';

/** Shares of the limit, from 0 to 1, at which a level begins, and below which it ends once it has begun. */
export interface Threshold {
  readonly from: number;
  readonly until: number;
}

/** When memory counts as scarce. */
export interface PressureLevels {
  readonly moderate: Threshold;
  readonly critical: Threshold;
}

/** A level ends well below where it begins: freed memory must show, or the level would flicker. */
export const PRESSURE_LEVELS: PressureLevels = Object.freeze({
  moderate: Object.freeze({ from: 0.8, until: 0.7 }),
  critical: Object.freeze({ from: 0.92, until: 0.85 }),
});

/** The level that follows on `current` when `share` of the limit is in use. */
export function nextPressure(
  current: MemoryPressure,
  share: number,
  { moderate, critical }: PressureLevels,
): MemoryPressure {
  if (share >= (current === 'critical' ? critical.until : critical.from)) return 'critical';
  if (share >= (current === 'none' ? moderate.from : moderate.until)) return 'moderate';
  return 'none';
}

/** Refuses levels that are not in order. */
export function requireLevels(levels: PressureLevels, refuse: Refuse): PressureLevels {
  const { moderate, critical } = levels;
  const inOrder =
    moderate.until > 0 &&
    moderate.until <= moderate.from &&
    moderate.from <= critical.from &&
    moderate.until <= critical.until &&
    critical.until <= critical.from &&
    critical.from <= 1;
  if (inOrder) return levels;
  const given = [moderate.until, moderate.from, critical.until, critical.from].map(shown).join(', ');
  throw refuse(
    `levels must rise from above 0 to 1, each ending no higher than it begins; given ${given} ` +
      '(moderate until, from; critical until, from)',
  );
}
