import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path/posix';
import type { Check } from '../check.ts';
import { type ImportStatement, importStatements, packageOf } from '../import-statements.ts';
import { runtimeDependencies } from '../package-manifest.ts';
import type { Repository, WorkspacePackage } from '../repository.ts';

/** Tests may use these from the root, and so may what only tests use. */
const testTools = new Set(['vitest', 'fast-check']);
/** Folders whose files stand behind tests alone, unless the package exports them. */
const testBed = /\/src\/(?:.+\/)?testing\//;
/** Installed together and found by name: the command line starts the daemon, the `claude` bin runs the command line. Neither imports the other. */
const spawnedOnly = new Set(['@ccproxy/cli > @ccproxy/daemon', '@ccproxy/claude > @ccproxy/cli']);

/** Used by the configuration of bundles: nothing of it is shipped but what it makes. */
const forBundles = '@ccproxy-internal/bundle';

/** A package imports from lower floors only, never sideways, never past another package's exports, and only what it declares. */
export const importFloors: Check = {
  name: 'import floors',
  run: (repository) => [
    ...repository.packages.flatMap((member) => manifestProblems(repository, member)),
    ...repository.files.filter((file) => /^(?:packages|apps)\/.*\.(?:ts|js)$/.test(file)).flatMap((file) => fileProblems(repository, file)),
  ],
};

function manifestProblems(repository: Repository, member: WorkspacePackage): string[] {
  return Object.keys({ ...runtimeDependencies(member.manifest), ...member.manifest.devDependencies }).flatMap((name) => {
    const target = repository.packages.find((other) => other.name === name);
    if (target === undefined || member.floor === undefined || name === forBundles || spawnedOnly.has(`${member.name} > ${name}`)) return [];
    return floorProblem(member, target, `${member.folder}/package.json: depends on`);
  });
}

function fileProblems(repository: Repository, file: string): string[] {
  const member = repository.packages.find(({ folder }) => file.startsWith(`${folder}/`));
  if (member === undefined) return [`${file}: belongs to no package of the workspace.`];
  return importStatements(repository.read(file)).flatMap((statement) => importProblems(repository, member, file, statement));
}

function importProblems(repository: Repository, member: WorkspacePackage, file: string, statement: ImportStatement): string[] {
  const { specifier } = statement;
  if (specifier.startsWith('.')) {
    const path = join(dirname(file), specifier);
    if (!path.startsWith(`${member.folder}/`))
      return [`${file}: reaches out of its package by "${specifier}"; import the other package by its name.`];
    return testBed.test(path) && !testBed.test(file) && !file.endsWith('.test.ts')
      ? [`${file}: imports "${specifier}", which is for tests.`]
      : [];
  }
  const name = packageOf(specifier);
  if (name === undefined) return [];
  if (builtinModules.includes(specifier)) return [`${file}: write "node:${specifier}".`];
  if (name === member.name) return [`${file}: imports its own package by name; use a relative path.`];

  const target = repository.packages.find((other) => other.name === name);
  const test = file.endsWith('.test.ts') || (testBed.test(file) && member.manifest.exports?.['./testing'] === undefined);
  const development = test || file.endsWith('.config.js');
  return [
    ...(target === undefined || (name === forBundles && file.endsWith('.config.js'))
      ? []
      : floorProblem(member, target, `${file}: imports`)),
    ...(isDeclared(member, name, development || statement.typeOnly) || (test && testTools.has(name))
      ? []
      : [`${file}: imports "${name}", which ${member.folder}/package.json does not declare${development ? '' : ' as a dependency'}.`]),
  ];
}

function floorProblem(member: WorkspacePackage, target: WorkspacePackage, what: string): string[] {
  if (member.floor === undefined || (target.floor !== undefined && target.floor < member.floor)) return [];
  const place = target.floor === undefined ? 'which is tooling' : `which stands on floor ${target.floor}`;
  return [`${what} ${target.name}, ${place}; ${member.name} on floor ${member.floor} imports from lower floors only.`];
}

function isDeclared(member: WorkspacePackage, name: string, development: boolean): boolean {
  return name in runtimeDependencies(member.manifest) || (development && name in (member.manifest.devDependencies ?? {}));
}
