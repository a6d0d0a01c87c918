/** CSV into columns against the readers people use, on a table of mixed types drawn by a fixed sequence. */
import { defaultRegistry } from '@perf/shim-adapters';
import { callable, type Bench } from '@perf/tooling-bench';

const ROWS = 50_000;

export default async function run({ benchmark, peer, comparison, figures, quick }: Bench): Promise<void> {
  const text = table();
  const bytes = Buffer.from(text, 'utf8');
  const registry = defaultRegistry();
  const csvParse = callable(await peer('csv-parse/sync'), 'parse');
  const papaparse = callable(await peer('papaparse'), 'default.parse');
  const udsv = await peer('udsv');
  const inferSchema = callable(udsv, 'inferSchema');
  const initParser = callable(udsv, 'initParser');
  figures('The table', { rows: String(ROWS), bytes: String(bytes.length) });

  comparison(
    'csv to typed columns (udsv, papaparse and csv-parse: to what they give)',
    await benchmark.compare(
      {
        'udsv typedCols': () => callable(initParser(inferSchema(text)), 'typedCols')(text),
        '@perf/shim-adapters csv > columns': () =>
          registry.convert({ source: { value: bytes }, from: 'csv', to: 'columns' }),
        'papaparse dynamicTyping': () => papaparse(text, { header: true, dynamicTyping: true }),
        'csv-parse cast': () => csvParse(text, { columns: true, cast: true }),
      },
      { budget: quick ? '1s' : '20s' },
    ),
  );
}

function table(): string {
  const cities = [
    'São Paulo',
    'Zürich',
    'Kraków',
    'Lima',
    'Lagos',
    'Osaka',
    'Quito',
    'Reykjavík',
    'Tunis',
    'Turku',
  ];
  let draw = 1;
  const next = (below: number): number => {
    draw = (draw * 48_271) % 2_147_483_647;
    return draw % below;
  };
  const lines = ['id,big,price,score,category,city,name,token,time,flag'];
  for (let id = 1; id <= ROWS; id++) {
    const name = next(70) === 0 ? `"A ""quoted"", name ${String(id)}"` : `name ${String(next(9000))}`;
    const time = new Date(1_700_000_000_000 + id * 1000 + next(1000)).toISOString();
    const cells = [
      String(id),
      String(9_007_199_254_740_993n + BigInt(next(1_000_000))),
      (next(100_000) / 100).toFixed(2),
      next(10) === 0 ? '' : String(next(1_000_000) / 999_983),
      `category-${String(next(12))}`,
      next(20) === 0 ? '' : (cities[next(10)] ?? ''),
      name,
      (next(2 ** 30) * 2 ** 20 + next(2 ** 20)).toString(16).padStart(16, 'f'),
      time,
      next(20) === 0 ? '' : next(2) === 0 ? 'true' : 'false',
    ];
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}
