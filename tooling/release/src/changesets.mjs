/**
 * Every change that users get is named in a changeset: one of the public types (`api-report.md`), and one of a file of
 * the private `packages/internal` for each package that bundles it. Asked twice: since the branch left main (or since
 * `--since <commit>`), by the changesets of the branch; since the last release, by all that are pending.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import parseChangeset from '@changesets/parse';
import { conclude, publishedPackages, root } from '@perf/tooling-checks/workspace';
import { bundledInternals } from './bundled-internals.mjs';
import { History } from './history.mjs';

const ADVICE = 'add a changeset that names it (pnpm changeset)';

const { values } = parseArgs({ options: { since: { type: 'string' } } });
const history = new History(root);

// A part of the history can hide that something is missing, and never makes it up.
if (history.isShallow) process.stdout.write('the history is cut off: fetch all of it to be sure\n');
const fork = values.since ?? history.forkPoint('origin/main') ?? history.forkPoint('main');
const pending = changesets(() => true);
const fresh = fork === undefined ? pending : ofBranch(fork);
conclude(
  publishedPackages()
    .filter(({ name }) => !isBeingReleased(name))
    .flatMap((one) => [...new Set([...ofFork(one, fork, fresh), ...unreleased(one, pending)])]),
);

/** What changed of a package since a commit, unless one of the changesets names it. */
function missing({ name, folder, manifest }, commit, named) {
  if (commit === undefined || named.has(manifest.name)) return [];
  const report = `packages/${name}/api-report.md`;
  // A report that there was not yet has nothing to differ from.
  const reports = history.has(commit, report) ? [report] : [];
  return history
    .changedSince(commit, [...reports, ...bundledInternals(root, folder)])
    .map((file) =>
      file === report
        ? `the public types of ${manifest.name} changed: ${ADVICE}`
        : `${file} changed, and ${manifest.name} bundles it: ${ADVICE}`,
    );
}

/** What changed since the branch left main; what it released itself is no longer asked for. */
function ofFork(one, fork, fresh) {
  const release = history.lastChange(changelog(one.name));
  const isReleasedSince = release !== undefined && !history.isAncestor(release, fork);
  return isReleasedSince ? [] : missing(one, fork, fresh);
}

/** What changed since the last release; all of it where there was none. */
function unreleased(one, pending) {
  const release = history.lastChange(changelog(one.name));
  if (release !== undefined) return missing(one, release, pending);
  const { name } = one.manifest;
  return pending.has(name) ? [] : [`${name} was never released: ${ADVICE}`];
}

/** `changeset version` wrote it, and nobody has committed it yet. */
function isBeingReleased(name) {
  return history.isUncommitted(changelog(name));
}

function changelog(name) {
  return `packages/${name}/CHANGELOG.md`;
}

function ofBranch(fork) {
  const files = new Set(history.changedSince(fork, ['.changeset']));
  return changesets((file) => files.has(file));
}

/** The packages that pending changesets name. */
function changesets(isMeant) {
  const names = readdirSync(join(root, '.changeset'))
    .filter((name) => name.endsWith('.md') && name !== 'README.md' && isMeant(`.changeset/${name}`))
    .flatMap((name) => parseChangeset(readFileSync(join(root, '.changeset', name), 'utf8')).releases)
    .map((release) => release.name);
  return new Set(names);
}
