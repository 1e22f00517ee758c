import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageManifest } from './package-manifest.ts';

/** A member of the workspace. */
export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the root, with forward slashes: `packages/kernel`. */
  readonly folder: string;
  readonly manifest: PackageManifest;
  /** undefined for tooling: it stands beside the floors. */
  readonly floor: number | undefined;
}

/** The checkout as the checks see it: paths are relative to the root, with forward slashes. */
export interface Repository {
  readonly root: string;
  readonly manifest: PackageManifest;
  readonly packages: readonly WorkspacePackage[];
  /** Every file people write: nothing generated, installed or ignored. */
  readonly files: readonly string[];
  /** Files below a folder, generated ones included; empty when it does not exist. */
  filesBelow(folder: string): string[];
  read(path: string): string;
  exists(path: string): boolean;
}

const parents = ['packages', 'apps', 'tooling'];
const ignored = new Set(['.git', 'node_modules', 'dist', '.cache', '.turbo', 'coverage']);

export function openRepository(root: string): Repository {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const exists = (path: string): boolean => existsSync(join(root, path));
  const manifestOf = (path: string): PackageManifest => JSON.parse(read(path)) as PackageManifest;
  const packages = parents.flatMap((parent) =>
    list(join(root, parent)).flatMap((name) => {
      const folder = `${parent}/${name}`;
      if (!exists(`${folder}/package.json`)) return [];
      const manifest = manifestOf(`${folder}/package.json`);
      return [{ name: manifest.name, folder, manifest, floor: manifest.ccproxy?.floor }];
    }),
  );
  return {
    root,
    manifest: manifestOf('package.json'),
    packages,
    files: walk(root, '', ignored),
    filesBelow: (folder) => (exists(folder) ? walk(root, `${folder}/`, new Set(['node_modules'])) : []),
    read,
    exists,
  };
}

/** Packages and apps: what is published. */
export const published = (repository: Repository): WorkspacePackage[] =>
  repository.packages.filter((member) => member.manifest.private !== true);

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

function walk(root: string, prefix: string, skipped: ReadonlySet<string>): string[] {
  return readdirSync(join(root, prefix), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (skipped.has(entry.name)) return [];
      if (entry.isDirectory()) return walk(root, `${prefix}${entry.name}/`, skipped);
      return entry.isFile() ? [`${prefix}${entry.name}`] : [];
    });
}
