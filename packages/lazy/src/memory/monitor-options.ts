import { parseBytes } from '@perf/internal/bytes';
import { parseDuration } from '@perf/internal/duration';
import { shown } from '@perf/internal/errors';
import { PRESSURE_LEVELS, requireLevels, type PressureLevels } from '@perf/internal/memory/levels';
import { refuseUnknown } from '@perf/internal/options';
import { refuseOption } from '../errors.js';
import { Ledger } from './ledger.js';
import type { MemoryMonitorOptions } from './memory-monitor.js';
import { systemMonitorSources, type MonitorSources } from './process-memory.js';

/** The options of a `MemoryMonitor` that are not given. */
export const MONITOR_DEFAULTS: Required<Omit<MemoryMonitorOptions, 'ledger' | 'sources'>> = Object.freeze({
  maxBytes: Infinity,
  interval: '500ms',
  levels: PRESSURE_LEVELS,
});

/** The options of a `MemoryMonitor`, read: bytes and milliseconds. */
export interface ResolvedMonitorOptions {
  readonly maxBytes: number;
  readonly interval: number;
  readonly levels: PressureLevels;
  readonly ledger: Ledger;
  readonly sources: MonitorSources;
}

const KNOWN = [...Object.keys(MONITOR_DEFAULTS), 'ledger', 'sources'];

/** Reads the options of a `MemoryMonitor`. */
export function resolveMonitorOptions(o: MemoryMonitorOptions): ResolvedMonitorOptions {
  refuseUnknown(o, KNOWN, refuseOption);
  const {
    maxBytes = MONITOR_DEFAULTS.maxBytes,
    interval = MONITOR_DEFAULTS.interval,
    levels = MONITOR_DEFAULTS.levels,
    ledger = new Ledger(),
    sources = systemMonitorSources,
  } = o;
  const bytes = parseBytes(maxBytes, 'maxBytes', refuseOption, true);
  if (bytes === 0) throw refuseOption(`maxBytes must be more than 0; given ${shown(maxBytes)}`);
  return {
    maxBytes: bytes,
    interval: parseDuration(interval, 'interval', refuseOption),
    levels: requireLevels(levels, refuseOption),
    ledger,
    sources,
  };
}
