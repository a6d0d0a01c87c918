/**
 * A release rehearsed: all packages are published by the commands of the release workflow to a registry on loopback, an
 * app installs some of them, one of them changes and gets a changeset, a version and a publication, and the app upgrades.
 * Everything is written to one folder, which is removed at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishedPackages, root } from '@perf/tooling-checks/workspace';
import { bundledInternals } from './bundled-internals.mjs';
import { Consumer } from './consumer.mjs';
import { LoopbackRegistry } from './loopback-registry.mjs';
import { ReleaseWorkflow } from './release-workflow.mjs';
import { SUPPORTED_NODES } from './supported-nodes.mjs';
import { WorkspaceCopy } from './workspace-copy.mjs';

const INSTALLED = ['cache', 'compression', 'lazy'];
const CHANGED = 'cache';

/** A change that users notice: one export more. */
const SUMMARY = {
  'packages/cache/src/summary.ts': `import type { CacheStatistics } from './statistics.js';

/** The hits of a cache in words. */
export function summary({ hits, misses }: CacheStatistics): string {
  return \`\${String(hits)} of \${String(hits + misses)} lookups were hits\`;
}
`,
};
const CHANGELOG_LINE = '`summary(stats)` says the hits of a cache in words.';

/** What the workflow knows of itself. */
const ON_GITHUB = { GITHUB_SERVER_URL: 'http://127.0.0.1', GITHUB_REPOSITORY: 'perf/perf' };

const APP = `import * as perf from '@perf/cache';
import { Compressor } from '@perf/compression';
import { WorkerExecutor } from '@perf/lazy';

const cache = new perf.ConversionCache({ maxEntries: 10 });
await cache.getOrConvert('answer', () => 42);
await cache.getOrConvert('answer', () => 0);
const compressor = new Compressor();
const numbers = compressor.decompressSync(compressor.compressSync(Float64Array.of(1, 2, 3)));
await compressor.close();
await new WorkerExecutor({ threads: 1 }).close();
const { summary = () => 'this version has no summary' } = perf;
console.log(\`\${summary(cache.stats())}; \${numbers.length} numbers came back\`);
`;

const folder = mkdtempSync(join(tmpdir(), 'perf-rehearsal-'));
const registry = new LoopbackRegistry(folder);
process.once('SIGINT', () => void end(130));
process.once('SIGTERM', () => void end(143));
try {
  await rehearse();
  await end(0);
} catch (error) {
  process.stdout.write(`FAILED     ${error.message}\n`);
  await end(1);
}

async function rehearse() {
  const workflow = new ReleaseWorkflow();
  demand(workflow.problems(SUPPORTED_NODES).length === 0, workflow.problems(SUPPORTED_NODES).join('\n'));
  say('workflow', `actions pinned, provenance only there, Node ${workflow.nodes.join(', ')}`);

  await registry.start();
  say('registry', `verdaccio ${registry.version} at ${registry.address}, which knows no other registry`);
  for (const name of INSTALLED)
    for (const dependency of Object.keys(manifestOf(name).dependencies ?? {}))
      await registry.mirror(join(root, 'packages', name, 'node_modules', dependency));

  const copy = new WorkspaceCopy(join(folder, 'repository'), registry.env);
  await copy.make();
  await askForProvenance(copy, workflow);
  const all = await versionAndPublish(copy, workflow);
  demand(all.length === publishedPackages().length, `only ${all.join(', ')} were published`);

  const app = new Consumer(join(folder, 'app'), registry.env);
  await app.install(...INSTALLED.map((name) => `@perf/${name}`));
  app.write('app.mjs', APP);
  say('install', versionsIn(app));
  say('run', await app.node('app.mjs'));
  demand(
    app.installed.filter((name) => name.startsWith('@perf/')).length === INSTALLED.length,
    'others came along',
  );

  await changeOne(copy);
  const [one, ...others] = await versionAndPublish(copy, workflow);
  demand(one === CHANGED && others.length === 0, `${[one, ...others].join(', ')} were published`);
  await app.install(`@perf/${CHANGED}@latest`);
  say('upgrade', versionsIn(app));
  say('changelog', newest(app.read(`node_modules/@perf/${CHANGED}/CHANGELOG.md`)));
  const output = await app.node('app.mjs');
  say('run', output);
  demand(output.startsWith('1 of 2 lookups were hits'), 'the app does not see the new behaviour');

  const strict = new Consumer(join(folder, 'strict'), registry.env);
  await strict.installStrictly(...INSTALLED.map((name) => `@perf/${name}`));
  strict.write('app.mjs', APP);
  say('by pnpm', `${versionsIn(strict)}\n${await strict.node('app.mjs')}`);

  await changeInternals(copy);
}

/** Only a known builder can say where a package comes from: here the publication must be refused for that reason. */
async function askForProvenance(copy, workflow) {
  const line = `cd packages/${CHANGED} && pnpm publish --no-git-checks`;
  const answer = await refusal(copy, line, workflow.provenance);
  demand(
    /PROVENANCE_UNSUPPORTED_PROVIDER/.test(answer),
    `the workflow does not ask for provenance\n${answer}`,
  );
  say('provenance', 'is asked for by the workflow; no machine but that of the workflow can give it');
}

/** One package gets one export more; its public types change, which nobody may publish without a changeset. */
async function changeOne(copy) {
  for (const [file, text] of Object.entries(SUMMARY)) copy.write(file, text);
  const index = `packages/${CHANGED}/src/index.ts`;
  copy.write(index, `${copy.read(index)}export { summary } from './summary.js';\n`);
  await copy.run(`pnpm --dir packages/${CHANGED} run types`);
  const differs = await refusal(copy, 'node tooling/release/src/api.mjs');
  demand(/\+\s*export function summary/.test(differs), 'the report does not show the new export');
  say('change', `a new export in @perf/${CHANGED}: its report of public types does not agree`);
  await copy.run('node tooling/release/src/api.mjs --write');
  const asked = await refusal(copy, 'node tooling/release/src/changesets.mjs --since HEAD');
  say('', asked);
  demand(
    asked === `the public types of @perf/${CHANGED} changed: add a changeset that names it (pnpm changeset)`,
    asked,
  );
  copy.changeset('summary', { [`@perf/${CHANGED}`]: 'minor' }, CHANGELOG_LINE);
  await copy.run('node tooling/release/src/changesets.mjs --since HEAD');
  await copy.commit('A summary of a cache');
  say('changeset', `minor for @perf/${CHANGED}; now everything agrees`);
}

/** A change in what packages bundle demands a changeset for each of them. */
async function changeInternals(copy) {
  const file = 'packages/internal/src/bytes.ts';
  copy.write(file, `${copy.read(file)}\n// Changed.\n`);
  const bundlers = publishedPackages()
    .filter((one) => bundledInternals(root, one.folder).includes(file))
    .map((one) => one.manifest.name);
  const check = 'node tooling/release/src/changesets.mjs --since HEAD';
  const [first, ...others] = bundlers;
  copy.changeset('internal', { [first]: 'patch' }, 'Changed.');
  const asked = await refusal(copy, check);
  const missing = others.filter((name) => asked.includes(`${name} bundles it`));
  demand(missing.length === others.length && !asked.includes(`${first} bundles it`), asked);
  say('internal', `${file} changed, with a changeset for ${first} alone:`);
  for (const name of others) say('', `refused for want of ${name}`);
  copy.changeset('internal', Object.fromEntries(bundlers.map((name) => [name, 'patch'])), 'Changed.');
  await copy.run(check);
  say('', 'with a changeset that names them all: accepted');
}

/** What the workflow does: versions from changesets, and, once they are merged, a publication. */
async function versionAndPublish(copy, workflow) {
  const names = publishedPackages().map(({ name }) => name);
  const before = new Map(names.map((name) => [name, copy.manifest(name).version]));
  await copy.run(workflow.version);
  const changes = names
    .map((name) => [name, before.get(name), copy.manifest(name).version])
    .filter(([, old, version]) => version !== old)
    .map(([name, old, version]) => `@perf/${name} ${old} -> ${version}`);
  say('version', changes.length > 0 ? changes.join('\n') : 'no changeset is pending');
  await copy.run('node tooling/release/src/changesets.mjs');
  await copy.commit('Version packages');
  const output = await copy.run(workflow.publish, ON_GITHUB);
  // What the workflow writes into manifests is published only.
  await copy.run('git checkout --quiet -- packages');
  const fresh = [];
  for (const name of names) {
    const { version } = copy.manifest(name);
    const there = await registry.published(`@perf/${name}`);
    const { repository } = there[version] ?? {};
    demand(repository !== undefined, `@perf/${name} ${version} is not in the registry\n${output}`);
    demand(
      repository.url === 'git+http://127.0.0.1/perf/perf.git',
      `@perf/${name} says it comes from ${repository.url}`,
    );
    if (output.includes(`@perf/${name}@${version}`)) fresh.push(name);
  }
  say('publish', `${fresh.length} of ${names.length} packages: ${workflow.publish}`);
  return fresh;
}

/** What a check said that must fail. */
async function refusal(copy, line, env) {
  try {
    await copy.run(line, env);
  } catch (error) {
    return error.message.split('\n').slice(1).join('\n').trim();
  }
  throw new Error(`${line} found nothing wrong`);
}

function versionsIn(app) {
  return INSTALLED.map((name) => {
    const { version } = JSON.parse(app.read(`node_modules/@perf/${name}/package.json`));
    return `@perf/${name} ${version}`;
  }).join(', ');
}

/** The newest section of a changelog. */
function newest(changelog) {
  const [, section = ''] = /^## ([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog) ?? [];
  return section.trim().replace(/\n+/g, '\n');
}

function manifestOf(name) {
  return publishedPackages().find((one) => one.name === name).manifest;
}

function demand(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

function say(step, text) {
  for (const [i, line] of text.trimEnd().split('\n').entries())
    process.stdout.write(`${(i === 0 ? step : '').padEnd(10)} ${line}
`);
}

async function end(code) {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
  if (code === 0) say('end', 'the registry has stopped, the folder is removed');
  process.exit(code);
}
