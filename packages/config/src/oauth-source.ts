/** Where a token is fetched from, again and again. */
export type OAuthSource =
  /** Its output is the token. Run without a shell, with a small part of the daemon's environment. */
  | {
      readonly kind: 'command';
      readonly argv: readonly string[];
      /** ms */
      readonly timeout: number;
      /** Variables it gets besides the usual ones. */
      readonly passEnv: readonly string[];
    }
  /** `pointer`: JSON pointer to the token in the file; empty: the file is the token. */
  | { readonly kind: 'file'; readonly path: string; readonly pointer: string }
  | { readonly kind: 'env'; readonly name: string };

/** A token that is fetched and not written down; sent as `Authorization: Bearer`. */
export interface OAuthAuth {
  readonly kind: 'oauth';
  readonly source: OAuthSource;
  /** Age at which it is fetched anew, ms. */
  readonly refresh: number;
  /** Without it the daemon does not start. */
  readonly required: boolean;
}
