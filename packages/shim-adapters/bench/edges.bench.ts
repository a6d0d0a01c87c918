/** The edges of the hub: rows and JSON beside what plain code does, and Arrow, which should cost nothing. */
import { tableFromArrays } from 'apache-arrow';
import { defaultRegistry, type Row } from '@perf/shim-adapters';
import { arrowAdapter } from '@perf/shim-adapters/arrow';
import type { Bench } from '@perf/tooling-bench';
import { mixedText } from '@perf/tooling-bench/mixed-table';

export default async function run({ benchmark, comparison, quick }: Bench): Promise<void> {
  const rows = quick ? 2_000 : 100_000;
  const budget = quick ? '1s' : '20s';
  const registry = defaultRegistry().register(arrowAdapter());
  const csv = mixedText(rows);
  const { data: table } = await registry.convert({ source: { value: csv }, from: 'csv', to: 'columns' });
  const records = table.rows();
  const values = table.names.map((name) => records.map((record) => record[name]));
  const size = `${String(rows)} rows of 10 columns`;

  comparison(
    `${size}: columns to rows`,
    await benchmark.compare(
      {
        'a plain loop over arrays of values': () => plainRows(table.names, values, rows),
        '@perf/shim-adapters columns > rows': () =>
          registry.convert({ source: { value: table }, from: 'columns', to: 'rows' }),
      },
      { budget },
    ),
  );
  comparison(
    `${size}: rows to columns`,
    await benchmark.compare(
      {
        'a plain loop into arrays of values': () => plainColumns(table.names, records),
        '@perf/shim-adapters rows > columns': () =>
          registry.convert({ source: { value: records }, from: 'rows', to: 'columns' }),
      },
      { budget },
    ),
  );
  const prices = Float64Array.from({ length: rows }, (_, i) => i / 100);
  comparison(
    `${size}: columns to Arrow`,
    await benchmark.compare(
      {
        '@perf/shim-adapters columns > arrow': () =>
          registry.convert({ source: { value: table }, from: 'columns', to: 'arrow' }),
        'apache-arrow tableFromArrays, one column of doubles': () => tableFromArrays({ prices }),
      },
      { budget: quick ? '300ms' : '3s' },
    ),
  );

  const json = await registry.convert({ source: { value: table }, from: 'columns', to: 'json' });
  const ndjson = await registry.convert({ source: { value: table }, from: 'columns', to: 'ndjson' });
  const text = Buffer.from(json.data).toString();
  const plain = JSON.parse(text) as unknown;
  comparison(
    `${size}, ${(json.data.length / 2 ** 20).toFixed(1)} MB: json`,
    await benchmark.compare(
      {
        'JSON.parse': () => JSON.parse(text) as unknown,
        '@perf/shim-adapters json > columns': () =>
          registry.convert({ source: { value: json.data }, from: 'json', to: 'columns' }),
        '@perf/shim-adapters ndjson > columns': () =>
          registry.convert({ source: { value: ndjson.data }, from: 'ndjson', to: 'columns' }),
        'JSON.parse by line': () =>
          Buffer.from(ndjson.data)
            .toString()
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as unknown),
      },
      { budget },
    ),
  );
  comparison(
    `${size}: to json`,
    await benchmark.compare(
      {
        'JSON.stringify of rows': () => Buffer.from(JSON.stringify(plain)),
        '@perf/shim-adapters columns > json': () =>
          registry.convert({ source: { value: table }, from: 'columns', to: 'json' }),
        '@perf/shim-adapters columns > ndjson': () =>
          registry.convert({ source: { value: table }, from: 'columns', to: 'ndjson' }),
      },
      { budget },
    ),
  );
}

function plainRows(names: readonly string[], values: readonly (readonly unknown[])[], rows: number): Row[] {
  return Array.from({ length: rows }, (_, row) => {
    const record: Row = {};
    names.forEach((name, i) => (record[name] = values[i]?.[row]));
    return record;
  });
}

function plainColumns(names: readonly string[], records: readonly Row[]): unknown[][] {
  const columns = names.map((): unknown[] => []);
  for (const record of records) names.forEach((name, i) => columns[i]?.push(record[name]));
  return columns;
}
