/** What git says of files: how they stand now, uncommitted changes and new files included, against another commit. */
import { execFileSync } from 'node:child_process';

export class History {
  #root;

  constructor(root) {
    this.#root = root;
  }

  /** The files among `paths` that differ from those of a commit; those that are new since are among them. */
  changedSince(commit, paths) {
    if (paths.length === 0) return [];
    const changed = this.#lines('diff', '--name-only', '--no-renames', commit, '--', ...paths);
    const added = this.#lines('ls-files', '--others', '--exclude-standard', '--', ...paths);
    return [...new Set([...changed, ...added])].sort();
  }

  has(commit, path) {
    return this.#lines('ls-tree', '--name-only', commit, '--', path).length > 0;
  }

  /** The last commit that changed a file; `undefined` where none did. */
  lastChange(path) {
    return this.#lines('log', '-1', '--format=%H', '--', path)[0];
  }

  isUncommitted(path) {
    return this.#lines('status', '--porcelain', '--', path).length > 0;
  }

  /** Where the present branch left another one; `undefined` where there is no such branch. */
  forkPoint(branch) {
    try {
      return this.#lines('merge-base', 'HEAD', branch)[0];
    } catch {
      return undefined;
    }
  }

  isAncestor(commit, of) {
    try {
      this.#lines('merge-base', '--is-ancestor', commit, of);
      return true;
    } catch {
      return false;
    }
  }

  /** A history that was cut off cannot tell what changed since. */
  get isShallow() {
    return this.#lines('rev-parse', '--is-shallow-repository')[0] === 'true';
  }

  #lines(...args) {
    const output = execFileSync('git', args, {
      cwd: this.#root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.split('\n').filter((line) => line !== '');
  }
}
