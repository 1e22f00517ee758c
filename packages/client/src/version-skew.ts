/** A daemon of another version than the program that talks to it. */
export interface VersionSkew {
  readonly daemon: string;
  readonly own: string;
  /** One sentence for the user. */
  readonly sentence: string;
}

/** Compares the version a daemon told (in its status or welcome) with ours; undefined when they are the same. */
export function versionSkew(status: { readonly version: string }, ownVersion: string): VersionSkew | undefined {
  if (status.version === ownVersion) return undefined;
  return {
    daemon: status.version,
    own: ownVersion,
    sentence: `The running daemon is ccproxy ${status.version}, this command is ${ownVersion}: run \`ccproxy restart\` to bring them together.`,
  };
}
