/** The workflow by which releases are made, read so that a rehearsal runs its very commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, root } from '@perf/tooling-checks/workspace';
import { parse } from 'yaml';

const FILE = '.github/workflows/release.yml';
const PINNED = /^\s*-? uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

export class ReleaseWorkflow {
  #text = readFileSync(join(root, FILE), 'utf8');
  #jobs = parse(this.#text).jobs;

  /** The command that turns changesets into versions. */
  get version() {
    return withPnpm(this.#changesets.with.version);
  }

  /** The command that publishes what the registry does not have. */
  get publish() {
    return withPnpm(this.#changesets.with.publish);
  }

  /** What asks for provenance: pnpm reads its own variables only, not npm's. */
  get provenance() {
    const { PNPM_CONFIG_PROVENANCE } = this.#changesets.env;
    return { PNPM_CONFIG_PROVENANCE };
  }

  /** The Nodes that are tested. */
  get nodes() {
    return this.#jobs.tests.strategy.matrix.node;
  }

  /** What a release must not lack, in words. */
  problems(nodes) {
    const problems = [];
    const complain = (isWrong, what) => {
      if (isWrong) problems.push(`${FILE}: ${what}`);
    };
    for (const [i, line] of this.#text.split('\n').entries())
      complain(
        /\suses:/.test(line) && !PINNED.test(line),
        `line ${String(i + 1)}: pin the action by commit and say its version`,
      );
    const { release } = this.#jobs;
    complain(release.permissions['id-token'] !== 'write', 'provenance needs id-token: write');
    complain(this.provenance.PNPM_CONFIG_PROVENANCE !== 'true', 'packages are published without provenance');
    complain(
      !['tests', 'checks'].every((job) => release.needs.includes(job)),
      'the release waits for tests and checks',
    );
    complain(String(this.nodes) !== String(nodes), `tests are for Node ${nodes.join(', ')}`);
    for (const { manifest } of publishedPackages())
      if (manifest.publishConfig?.provenance !== undefined)
        problems.push(
          `${manifest.name}: provenance in publishConfig, which no machine but that of the workflow can give`,
        );
    return problems;
  }

  get #changesets() {
    return this.#jobs.release.steps.find(({ uses }) => uses?.startsWith('changesets/action@'));
  }
}

/** A rehearsal has the pnpm that started it. */
function withPnpm(command) {
  return command.replace(/^npx -y pnpm@\S+/, 'pnpm');
}
