/** Ways a subpath is exported: condition name to file. */
export type ExportConditions = Readonly<Record<string, string>>;
export type ExportMap = Readonly<Record<string, ExportConditions | string>>;
type Versions = Readonly<Record<string, string>>;

/** A package.json, as far as the checks look at it. */
export interface PackageManifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly packageManager?: string;
  readonly repository?: { readonly type?: string; readonly url?: string; readonly directory?: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly exports?: ExportMap;
  readonly publishConfig?: { readonly exports?: ExportMap; readonly access?: string; readonly provenance?: boolean };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly peerDependencies?: Versions;
  readonly optionalDependencies?: Versions;
  readonly engines?: { readonly node?: string };
  readonly ccproxy?: { readonly floor?: number };
}

/** What a published file of the package may import. */
export const runtimeDependencies = (manifest: PackageManifest): Versions => ({
  ...manifest.dependencies,
  ...manifest.optionalDependencies,
  ...manifest.peerDependencies,
});
