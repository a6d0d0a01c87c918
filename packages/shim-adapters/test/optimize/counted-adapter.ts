import { csvAdapter } from '../../src/csv/adapter.js';
import type { ShimAdapter } from '../../src/adapter.js';
import { defineAdapter } from '../../src/define-adapter.js';
import type { AnyRequest } from '../../src/request.js';

/** The CSV reader, with a list of the requests that reached it. `before` runs ahead of each conversion. */
export function countedAdapter({
  id = 'counted',
  version = '1',
  before = () => undefined,
}: {
  id?: string;
  version?: string;
  before?: (options: { signal?: AbortSignal }) => unknown;
} = {}): { adapter: ShimAdapter; requests: AnyRequest[] } {
  const requests: AnyRequest[] = [];
  const csv = csvAdapter();
  const adapter = defineAdapter({
    id,
    version,
    steps: [
      {
        from: 'csv',
        to: 'columns',
        mbPerSecond: 50,
        growth: 1,
        async convert(request, { signal }) {
          requests.push(request);
          await before(signal === undefined ? {} : { signal });
          return (await csv.convert(request)).data;
        },
      },
    ],
  });
  return { adapter, requests };
}
