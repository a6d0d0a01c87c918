/** The repository as it stands, changes that are not committed included, in another folder: to change and to release. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { root } from '@perf/tooling-checks/workspace';
import { run } from './command.mjs';

/** Who commits and tags there, signed by nobody. */
const GIT = {
  GIT_AUTHOR_NAME: 'rehearsal',
  GIT_AUTHOR_EMAIL: 'rehearsal@localhost',
  GIT_COMMITTER_NAME: 'rehearsal',
  GIT_COMMITTER_EMAIL: 'rehearsal@localhost',
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'commit.gpgsign',
  GIT_CONFIG_VALUE_0: 'false',
  GIT_CONFIG_KEY_1: 'tag.gpgsign',
  GIT_CONFIG_VALUE_1: 'false',
};

/** By what pnpm would know a builder that can vouch for a package: a rehearsal is none, wherever it runs. */
const NO_BUILDER = {
  GITHUB_ACTIONS: undefined,
  GITLAB_CI: undefined,
  ACTIONS_ID_TOKEN_REQUEST_URL: undefined,
};

export class WorkspaceCopy {
  #env;

  /** @param env for every command that is run in it */
  constructor(folder, env) {
    this.folder = folder;
    this.#env = {
      ...env,
      ...GIT,
      ...NO_BUILDER,
      // It is installed as the original is: see #link.
      pnpm_config_verify_deps_before_run: 'false',
      TURBO_TELEMETRY_DISABLED: '1',
    };
  }

  /** Its history begins here: that of the original may be cut off, which changesets would try to mend for ever. */
  async make() {
    mkdirSync(this.folder, { recursive: true });
    const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
    });
    for (const file of listed.split('\0').filter((name) => existsSync(join(root, name))))
      if (file !== '') cpSync(join(root, file), join(this.folder, file));
    await this.#git('init', '--quiet', '--initial-branch=main');
    this.#link();
    // A link is no folder, which is what .gitignore says of them.
    writeFileSync(join(this.folder, '.git', 'info', 'exclude'), 'node_modules\n');
    await this.commit('As it stands');
  }

  read(file) {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  write(file, text) {
    writeFileSync(join(this.folder, file), text);
  }

  manifest(name) {
    return JSON.parse(this.read(`packages/${name}/package.json`));
  }

  /** Records a changeset, as `changeset add` does when it has asked its questions. */
  changeset(name, releases, summary) {
    const lines = Object.entries(releases).map(([packageName, bump]) => `'${packageName}': ${bump}`);
    this.write(`.changeset/${name}.md`, `---\n${lines.join('\n')}\n---\n\n${summary}\n`);
  }

  /** Runs a command line in the root of the copy. */
  async run(line, env = {}) {
    return run('bash', ['-c', line], { cwd: this.folder, env: { ...this.#env, ...env } });
  }

  async commit(message) {
    await this.#git('add', '--all');
    await this.#git('commit', '--quiet', '--allow-empty', '--message', message);
  }

  #git(...args) {
    return run('git', args, { cwd: this.folder, env: this.#env });
  }

  /**
   * What is installed in the original serves the copy as well: links between packages are relative and lead to those of
   * the copy, everything else is only read.
   */
  #link() {
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    for (const group of ['packages', 'apps', 'tooling'])
      for (const name of readdirSync(join(root, group))) {
        const installed = join(group, name, 'node_modules');
        const isOurs = existsSync(join(root, installed)) && name !== 'bench-peers';
        if (isOurs)
          cpSync(join(root, installed), join(this.folder, installed), {
            recursive: true,
            verbatimSymlinks: true,
          });
        const built = join(group, name, 'dist');
        if (existsSync(join(root, built)))
          cpSync(join(root, built), join(this.folder, built), { recursive: true });
      }
    const cache = join('.turbo', 'cache');
    if (existsSync(join(root, cache)))
      cpSync(join(root, cache), join(this.folder, cache), { recursive: true });
  }
}
