/** A module of the user's that calls providers. */
export interface AdapterModule {
  readonly name: string;
  /** Absolute path of a file, or the name of a package. */
  readonly module: string;
  /** Directory of the configuration: where a package is looked for first. */
  readonly from: string;
  /** Variables it gets besides the usual ones. */
  readonly passEnv: readonly string[];
}

/** How one provider is called by such a module. */
export interface AdapterUse extends AdapterModule {
  /** As they were written, variables in place. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Names of options whose value is a credential. */
const credential = /(?:key|secret|token|password)s?$/iu;

/** Every credential among options, at any depth. */
export function optionSecrets(options: unknown, name = ''): string[] {
  if (typeof options === 'string') return options !== '' && credential.test(name) ? [options] : [];
  if (Array.isArray(options)) return options.flatMap((each) => optionSecrets(each, name));
  return typeof options === 'object' && options !== null
    ? Object.entries(options).flatMap(([key, value]) => optionSecrets(value, key))
    : [];
}

/** The same options with each credential as `mask` gives it. */
export function maskOptions(options: unknown, mask: (value: string) => string, name = ''): unknown {
  if (typeof options === 'string') return credential.test(name) ? mask(options) : options;
  if (Array.isArray(options)) return options.map((each) => maskOptions(each, mask, name));
  if (typeof options !== 'object' || options === null) return options;
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, maskOptions(value, mask, key)]));
}

/** A path, and no name of a package. */
const path = /^[.~/\\]|^[A-Za-z]:[\\/]|\.[cm]?[jt]s$/u;

/** Whether a module is written as a file. */
export const isModuleFile = (module: string): boolean => path.test(module);
