import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Where a worker thread finds an adapter of this package: the built file of a subpath, resolved through the
 * package's exports, so that it is the same file whether this code runs from a bundle or from the sources. Resolved
 * only when asked for.
 */
export function ownModule(
  subpath: string,
  exported: string,
): { readonly url: string; readonly export: string } {
  const name = subpath === '.' ? '@perf/shim-adapters' : `@perf/shim-adapters/${subpath}`;
  let url: string | undefined;
  return {
    get url() {
      url ??= pathToFileURL(built(createRequire(import.meta.url).resolve(name))).href;
      return url;
    },
    export: exported,
  };
}

/** Where the process prefers sources, the exports lead to one; a thread can only load what was built from it. */
function built(path: string): string {
  return path.replace(/([\\/])src([\\/].*)\.ts$/, '$1dist$2.js');
}
