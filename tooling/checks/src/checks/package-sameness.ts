import { isDeepStrictEqual } from 'node:util';
import type { Check } from '../check.ts';
import type { ExportMap, PackageManifest } from '../package-manifest.ts';
import { published, type Repository, type WorkspacePackage } from '../repository.ts';

const appNames: Readonly<Record<string, string>> = { 'apps/ccproxyd': '@ccproxy/daemon', 'apps/cli': '@ccproxy/cli' };
const sourceCondition = '@ccproxy/source';

/** Every published package looks like its siblings: whoever knows one knows all. */
export const packageSameness: Check = {
  name: 'package sameness',
  run: (repository) =>
    published(repository).flatMap((member) =>
      [...manifestProblems(member), ...exportProblems(repository, member), ...fileProblems(repository, member)].map(
        (problem) => `${member.folder}/${problem}`,
      ),
    ),
};

function manifestProblems({ folder, manifest, name }: WorkspacePackage): string[] {
  const app = folder.startsWith('apps/');
  const wanted: readonly [field: string, is: unknown, want: unknown][] = [
    ['name', name, appNames[folder] ?? `@ccproxy/${folder.split('/')[1]}`],
    ['license', manifest.license, 'MIT'],
    ['type', manifest.type, 'module'],
    ['repository.directory', manifest.repository?.directory, folder],
    ['engines.node', manifest.engines?.node, '>=22.19'],
    ['publishConfig.access', manifest.publishConfig?.access, 'public'],
    ['publishConfig.provenance', manifest.publishConfig?.provenance, true],
    ['scripts.clean', manifest.scripts?.['clean'], 'tsc -b --clean'],
    ...(app ? [] : [['sideEffects', manifest.sideEffects, false] satisfies [string, unknown, unknown]]),
  ];
  return [
    ...wanted.flatMap(([field, is, want]) =>
      is === want ? [] : [`package.json: ${field} is ${JSON.stringify(is)}, not ${JSON.stringify(want)}.`],
    ),
    ...(manifest.scripts?.['build']?.startsWith('tsc -b') ? [] : ['package.json: scripts.build does not begin with `tsc -b`.']),
    ...(/^[A-Za-z].*\.$/.test(manifest.description ?? '') ? [] : ['package.json: the description is not a sentence.']),
    ...(typeof manifest.ccproxy?.floor === 'number' ? [] : ['package.json: ccproxy.floor is missing.']),
    ...filesProblems(manifest),
  ];
}

function filesProblems(manifest: PackageManifest): string[] {
  const wanted = ['dist', '!dist/**/*.tsbuildinfo', 'README.md', 'CHANGELOG.md', ...(manifest.bin === undefined ? [] : ['bin'])];
  return wanted.flatMap((entry) => (manifest.files?.includes(entry) ? [] : [`package.json: files does not list "${entry}".`]));
}

/** Two maps of exports: the one of the workspace leads to the sources, the published one is the same without that condition. */
function exportProblems(repository: Repository, { folder, manifest }: WorkspacePackage): string[] {
  if (folder.startsWith('apps/')) return [];
  const map: ExportMap = manifest.exports ?? {};
  const shipped = Object.fromEntries(
    Object.entries(map).map(([subpath, entry]) => [
      subpath,
      typeof entry === 'string' ? entry : Object.fromEntries(Object.entries(entry).filter(([condition]) => condition !== sourceCondition)),
    ]),
  );
  return [
    ...('.' in map ? [] : ['package.json: exports has no ".".']),
    ...(isDeepStrictEqual(shipped, manifest.publishConfig?.exports)
      ? []
      : [`package.json: publishConfig.exports is not exports without "${sourceCondition}".`]),
    ...Object.entries(map).flatMap(([subpath, entry]) => {
      if (typeof entry === 'string') return [];
      const source = entry[sourceCondition] ?? '';
      return [
        ...(isDeepStrictEqual(Object.keys(entry), [sourceCondition, 'types', 'default'])
          ? []
          : [`package.json: exports["${subpath}"] is not ${sourceCondition}, types, default in this order.`]),
        ...(repository.exists(`${folder}/${source}`) ? [] : [`package.json: exports["${subpath}"] names ${source}, which does not exist.`]),
      ];
    }),
  ];
}

function fileProblems(repository: Repository, { folder, manifest, name }: WorkspacePackage): string[] {
  const missing = ['README.md', 'tsconfig.json'].filter((file) => !repository.exists(`${folder}/${file}`));
  if (missing.length > 0) return missing.map((file) => `${file}: is missing.`);
  const readme = repository.read(`${folder}/README.md`);
  const library = folder.startsWith('packages/');
  const index = library ? repository.read(`${folder}/src/index.ts`) : '';
  return [
    ...(readme.startsWith(`# ${name}\n`) ? [] : [`README.md: does not begin with "# ${name}".`]),
    ...(new RegExp(`floor\\**:? *\\**${manifest.ccproxy?.floor}\\b`, 'i').test(readme)
      ? []
      : [`README.md: does not say "Floor ${manifest.ccproxy?.floor}".`]),
    ...(!library || /^```js\n[^]*?^```$/m.test(readme) ? [] : ['README.md: has no ```js example.']),
    ...(!library || /^#+ .*\bexports\b/im.test(readme) ? [] : ['README.md: has no heading "Exports".']),
    ...(onlyReExports(index) ? [] : ['src/index.ts: does more than re-export.']),
  ];
}

/** Nothing but `export … from`, and imports that only augment types of others. */
function onlyReExports(source: string): boolean {
  const left = source
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/^export (?:type )?(?:\*(?: as \w+)?|\{[^}]*\}) from '[^']+';$/gm, '')
    .replaceAll(/^import '\.\/[\w-]+-augmentation\.js';$/gm, '');
  return left.trim() === '';
}
