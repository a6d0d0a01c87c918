import { describe, expect, it } from 'vitest';
import { servedWays, verdicts, wayOf } from '../../src/chapters/ways.js';
import { reportPage } from '../../src/report/page.js';
import { SERVER_KINDS, type ServerKind, type ServerReport } from '../../src/server/messages.js';

/** What a server would tell that takes so long for each of three requests. */
function report(server: ServerKind, ms: number): ServerReport {
  const spans = { key: 0.1, cache: 0.2, plan: 0.1, thread: 0, convert: ms, total: ms };
  const served = [ms, ms * 2, 0].map((one, i) => ({
    route: 'csv > json',
    request: String(i),
    kind: 'template' as const,
    hit: i === 2,
    ms: one,
    bytes: 10,
    strategy: i === 0 ? 'streaming' : 'cache-first',
    spans,
  }));
  return {
    server,
    totalMs: ms * 3,
    served,
    peakGrowthBytes: 2 ** 20,
    kept: null,
    strategies: [],
    explanation: 'because <b>so</b>',
  };
}

const reports = SERVER_KINDS.map((server, i) => report(server, 100 / (i + 1)));
const page = reportPage(reports, [servedWays(reports)], ['About it.']);

describe('the page of a run', () => {
  it('needs nothing else: no scripts, no addresses but those of SVG', () => {
    expect(page.match(/https?:[^"]+/g)?.every((address) => address === 'http://www.w3.org/2000/svg')).toBe(
      true,
    );
    expect(page).not.toMatch(/<script|<link|src=/);
  });

  it('has a picture for every question, with all ways in it', () => {
    expect(page.match(/<svg /g)).toHaveLength(6);
    for (const { name } of reports.map(wayOf)) expect(page).toContain(name);
    expect(page).toContain('request 1, csv &#62; json: 20.0 ms');
  });

  it('draws numbers only', () => {
    for (const drawn of page.match(/<svg [\s\S]*?<\/svg>/g) ?? [])
      expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
    const empty = reports.map((one) => ({ ...one, served: [], totalMs: 0, peakGrowthBytes: 0 }));
    expect(reportPage(empty, [], [])).not.toMatch(/="[^"]*(NaN|Infinity|undefined)/);
  });

  it('shows text as text', () => {
    expect(page).toContain('because &#60;b&#62;so&#60;/b&#62;');
  });
});

describe('the verdict', () => {
  it('says how many times faster, and what memory grew by against what was allowed', () => {
    const text = verdicts(reports.map(wayOf)).join(' ');
    expect(text).toContain('5.00x faster than the libraries alone, 2.50x faster than a hand-written cache');
    expect(text).toContain('grew by 1.00 MB; the libraries alone and 256 MB for the cache would be 257 MB');
  });

  it('admits a loss', () => {
    const slow = [report('plain', 1), report('hand-cached', 2), report('adaptive', 4)];
    expect(verdicts(slow.map(wayOf)).join()).toContain('4.00x slower than the libraries alone, 2.00x slower');
  });
});
