/**
 * The results of one call for each item, in the order of the items, with no more than `width` calls at the same time.
 * The first that fails ends the others: nothing goes on for a result that nobody gets.
 */
export async function inLanes<T, R>(
  items: readonly T[],
  width: number,
  call: (item: T, o: { signal: AbortSignal }) => Promise<R>,
  { signal }: { signal: AbortSignal | undefined },
): Promise<R[]> {
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const results: R[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await call(item, { signal: either });
  };
  try {
    await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
    return results;
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}
