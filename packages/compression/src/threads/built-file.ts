/** A file of this package as it was built: beside this code once built itself, in `dist` for the sources. */
export function builtFile(name: string): URL {
  const here = import.meta.url;
  return new URL(here.endsWith('.ts') ? `../../dist/${name}` : `./${name}`, here);
}
