/** The public types of a package as text: what the compiler sees of each entry, found by API Extractor. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { root } from '@perf/tooling-checks/workspace';
import { format, resolveConfig } from 'prettier';

const QUIET = { default: { logLevel: 'none' } };

/** The report of one package, from its built declarations. */
export async function apiReport({ folder, manifest }) {
  const scratch = mkdtempSync(join(tmpdir(), 'perf-api-'));
  try {
    const configs = entriesOf(manifest).map(({ types }) => configOf(folder, types, scratch));
    const [first, ...others] = configs;
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
    });
    // A declaration that several entries share is written out once.
    const written = new Set();
    const sections = configs.map((config, i) => {
      const specifier = join(manifest.name, entriesOf(manifest)[i].entry);
      return `## \`${specifier}\`\n\n${declarations(extracted(config, compilerState), written)}`;
    });
    const text = [
      `# The public types of \`${manifest.name}\``,
      'What a compiler sees of each entry; what is not exported is here because something exported names it. Made from the' +
        ' built declarations by `pnpm api`; a change in here is a change for users, and wants a changeset.',
      ...sections,
    ].join('\n\n');
    const file = join(folder, 'api-report.md');
    return await format(text, { ...(await resolveConfig(file, { root })), filepath: file });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function entriesOf(manifest) {
  return Object.entries(manifest.exports).flatMap(([entry, { types }]) =>
    types === undefined ? [] : [{ entry, types }],
  );
}

function configOf(folder, types, scratch) {
  const entry = join(folder, types);
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
    strict: true,
    skipLibCheck: true,
  };
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entry,
      compiler: { overrideTsconfig: { compilerOptions, files: [entry] } },
      apiReport: {
        enabled: true,
        includeForgottenExports: true,
        reportFileName: 'report',
        reportFolder: scratch,
        reportTempFolder: join(scratch, 'made'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: QUIET, tsdocMessageReporting: QUIET },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  });
}

function extracted(config, compilerState) {
  const problems = [];
  const { errorCount } = Extractor.invoke(config, {
    compilerState,
    localBuild: true,
    messageCallback(message) {
      if (message.category === 'Compiler' || message.logLevel === 'error') problems.push(message.text);
      message.handled = true;
    },
  });
  if (errorCount > 0 || problems.length > 0) throw new Error(problems.join('\n'));
  return readFileSync(config.reportTempFilePath, 'utf8');
}

/** The declarations of one report; those that stand in an earlier one are left out, or named where they are exported. */
function declarations(report, written) {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(report.replaceAll('\r\n', '\n')) ?? [];
  const blocks = code
    .split(/\n\n(?=\/\/ @|import |export )/)
    .map(forUsers)
    .filter((block) => block !== '');
  const again = [];
  const fresh = reachable(blocks).filter((block) => {
    const declaration = block.replace(/^export (?!\{)/, '');
    if (!written.has(declaration)) {
      written.add(declaration);
      return true;
    }
    if (block !== declaration) again.push(nameOf(block) ?? declaration);
    return false;
  });
  if (again.length > 0) fresh.push(`// As above.\nexport { ${again.join(', ')} };`);
  return `\`\`\`ts\n${fresh.join('\n\n')}\n\`\`\`\n`;
}

/** One declaration without the remarks of API Extractor, and without members that are no users' business. */
function forUsers(block) {
  return block
    .replace(/^( +)\/\/ @internal.*\n(?:\1.*\n)*?\1\S.*;\n/gm, '')
    .replace(/^\s*\/\/ (?:@\w+|\(.*\)).*\n/gm, '')
    .trim();
}

/** What is exported, and what that names. */
function reachable(blocks) {
  const kept = new Set(
    blocks.filter((block) => /^(?:export|import) /.test(block) || nameOf(block) === undefined),
  );
  for (const block of kept)
    for (const other of blocks) if (new RegExp(`\\b${nameOf(other)}\\b`).test(block)) kept.add(other);
  return blocks.filter((block) => kept.has(block));
}

function nameOf(block) {
  return /^(?:export |declare |abstract )*(?:class|interface|type|const|function) (\w+)/.exec(block)?.[1];
}
