/** What opening a table and using some columns took. */
export interface MemoryReport {
  readonly peakGrowthBytes: number;
  readonly heldBytes: number;
  readonly durationMs: number;
  /** Tables or columns in hand at the end. */
  readonly values: number;
}

export function isMemoryReport(value: unknown): value is MemoryReport {
  return typeof value === 'object' && value !== null && 'heldBytes' in value && 'peakGrowthBytes' in value;
}
