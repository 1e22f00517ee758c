import type { Check } from '../check.ts';
import type { Repository, WorkspacePackage } from '../repository.ts';

const page = 'docs/reference/dependencies.md';
/** Pinned in a library although libraries declare ranges. */
const pinnedInLibraries = new Set(['node-ipc']);

/** Every dependency has its reason in writing; who is run pins exactly, who is imported by others declares a range. */
export const dependencyList: Check = {
  name: 'dependency list',
  run: (repository) => [...versionProblems(repository), ...pageProblems(repository)],
};

function versionProblems(repository: Repository): string[] {
  const root: WorkspacePackage = { name: 'root', folder: '.', manifest: repository.manifest, floor: undefined };
  return [root, ...repository.packages].flatMap(({ folder, manifest }) => {
    const library = folder.startsWith('packages/');
    const check = (field: 'dependencies' | 'devDependencies', name: string, range: string): string[] => {
      const wanted = wantedRange(name, library && field === 'dependencies', folder);
      return wanted.pattern.test(range) ? [] : [`${folder}/package.json: ${name} is "${range}", not ${wanted.what}.`];
    };
    return (['dependencies', 'devDependencies'] as const).flatMap((field) =>
      Object.entries(manifest[field] ?? {}).flatMap(([name, range]) => check(field, name, range)),
    );
  });
}

function wantedRange(name: string, range: boolean, folder: string): { pattern: RegExp; what: string } {
  if (name.startsWith('@ccproxy-internal/') || (name.startsWith('@ccproxy/') && folder.startsWith('tooling/'))) {
    return { pattern: /^workspace:\*$/, what: '"workspace:*"' };
  }
  if (name.startsWith('@ccproxy/')) return { pattern: /^workspace:\^$/, what: '"workspace:^"' };
  if (range && !pinnedInLibraries.has(name)) return { pattern: /^\^\d+\.\d+\.\d+$/, what: 'a caret range' };
  return { pattern: /^\d+\.\d+\.\d+$/, what: 'an exact version' };
}

function pageProblems(repository: Repository): string[] {
  if (!repository.exists(page)) return [`${page}: is missing.`];
  const used = new Set(
    [repository.manifest, ...repository.packages.map((member) => member.manifest)].flatMap((manifest) =>
      Object.keys({
        ...manifest.dependencies,
        ...manifest.devDependencies,
        ...manifest.peerDependencies,
        ...manifest.optionalDependencies,
      }),
    ),
  );
  const explained = new Set([...repository.read(page).matchAll(/^\| `([^`]+)` \| [^|]*[a-z][^|]*\|/gm)].map((match) => match[1] ?? ''));
  return [
    ...[...used]
      .filter((name) => !name.startsWith('@ccproxy') && !explained.has(name))
      .map((name) => `${page}: does not say why \`${name}\` is used.`),
    ...[...explained].filter((name) => !used.has(name)).map((name) => `${page}: explains \`${name}\`, which nothing depends on.`),
  ];
}
