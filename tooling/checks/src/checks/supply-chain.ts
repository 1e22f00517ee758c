import { parse } from 'yaml';
import type { Check } from '../check.ts';
import { readLockfile } from '../lockfile.ts';
import type { Repository } from '../repository.ts';

interface WorkspaceSettings {
  readonly minimumReleaseAge?: number;
  readonly minimumReleaseAgeExclude?: readonly string[];
  readonly blockExoticSubdeps?: boolean;
  readonly trustPolicy?: string;
  readonly saveExact?: boolean;
  readonly allowBuilds?: Readonly<Record<string, boolean>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

/** Packages whose install script may run, each with its reason. */
const mayBuild: Readonly<Record<string, string>> = {};

/** Settings that keep a hijacked release out, and a lockfile that names no host. */
export const supplyChain: Check = {
  name: 'supply chain',
  run: (repository) => [...settingsProblems(repository), ...lockfileProblems(repository)],
};

function settingsProblems(repository: Repository): string[] {
  const settings = parse(repository.read('pnpm-workspace.yaml')) as WorkspaceSettings;
  const problems = [
    ...((settings.minimumReleaseAge ?? 0) >= 4320 ? [] : ['minimumReleaseAge is below 4320 minutes (three days).']),
    ...(settings.blockExoticSubdeps === true ? [] : ['blockExoticSubdeps is not true.']),
    ...(settings.trustPolicy === 'no-downgrade' ? [] : ['trustPolicy is not no-downgrade.']),
    ...(settings.saveExact === true ? [] : ['saveExact is not true.']),
    ...(settings.minimumReleaseAgeExclude ?? [])
      .filter((entry) => !/^(?:@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/.test(entry))
      .map((entry) => `minimumReleaseAgeExclude "${entry}" is not one version of one package.`),
    ...Object.entries(settings.allowBuilds ?? {})
      .filter(([name, allowed]) => allowed && mayBuild[name] === undefined)
      .map(([name]) => `allowBuilds lets the install script of "${name}" run.`),
  ].map((problem) => `pnpm-workspace.yaml: ${problem}`);
  const pin = repository.manifest.packageManager ?? '';
  return [
    ...problems,
    ...(/^pnpm@\d+\.\d+\.\d+$/.test(pin) ? [] : [`package.json: packageManager "${pin}" is not an exact version of pnpm.`]),
  ];
}

function lockfileProblems(repository: Repository): string[] {
  const { packages = {} } = readLockfile(repository);
  return Object.entries(packages).flatMap(([key, { resolution }]) => {
    if (resolution?.tarball !== undefined)
      return [`pnpm-lock.yaml: ${key} comes from ${resolution.tarball}, not from the configured registry.`];
    return resolution?.integrity?.startsWith('sha512-') ? [] : [`pnpm-lock.yaml: ${key} has no sha512 integrity.`];
  });
}
