import { join } from 'node:path';

/** How the client is signed in; every value is a dummy. */
export type Login = 'token' | 'key' | 'both' | 'none';

const logins: Readonly<Record<Login, Readonly<Record<string, string>>>> = {
  token: { ANTHROPIC_AUTH_TOKEN: 'dummy-bearer-of-the-client' },
  key: { ANTHROPIC_API_KEY: 'dummy-key-of-the-client' },
  both: { ANTHROPIC_AUTH_TOKEN: 'dummy-bearer-of-the-client', ANTHROPIC_API_KEY: 'dummy-key-of-the-client' },
  none: {},
};

/**
 * The whole environment of the client: nothing of the caller's but PATH, a home of its own, a dummy login, and a proxy that lets nothing leave
 * the machine by https.
 */
export function clientEnvironment(options: {
  readonly home: string;
  readonly login: Login;
  readonly outboundTrap: string;
}): Record<string, string> {
  const temporary = join(options.home, 'tmp');
  return {
    HOME: options.home,
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TZ: 'UTC',
    TMPDIR: temporary,
    CLAUDE_CODE_TMPDIR: temporary,
    ...logins[options.login],
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    HTTPS_PROXY: options.outboundTrap,
    NO_PROXY: '127.0.0.1,localhost',
  };
}
