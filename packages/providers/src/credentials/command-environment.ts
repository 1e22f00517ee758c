type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a program needs to find itself, its user and its keyring. Not the rest: the daemon's environment holds the keys of other providers.
 */
const usual: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'SSH_AUTH_SOCK',
  'GNUPGHOME',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
]);

/** Windows programs do not start without these; names have no case there. */
const windows: ReadonlySet<string> = new Set(
  [
    'SYSTEMROOT',
    'SYSTEMDRIVE',
    'WINDIR',
    'COMSPEC',
    'PATHEXT',
    'TEMP',
    'TMP',
    'USERPROFILE',
    'USERNAME',
    'APPDATA',
    'LOCALAPPDATA',
    'PROGRAMDATA',
  ].concat([...usual]),
);

/** The environment of a command that prints a token: the usual variables and those the user named. */
export function commandEnvironment(env: Environment, named: readonly string[], platform: NodeJS.Platform): Record<string, string> {
  const allowed = (name: string): boolean =>
    named.includes(name) || (platform === 'win32' ? windows.has(name.toUpperCase()) : usual.has(name));
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && allowed(entry[0])));
}
