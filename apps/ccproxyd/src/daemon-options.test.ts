import { describe, expect, it } from 'vitest';
import { parseDaemonOptions } from './daemon-options.js';

describe('parseDaemonOptions', () => {
  it('[B1] reads every option', () => {
    expect(
      parseDaemonOptions(['--config', 'a.yaml', '--host', '::1', '--port', '4000', '--state-dir', 's', '--log-dir=l', '--foreground']),
    ).toEqual({
      config: 'a.yaml',
      host: '::1',
      port: 4000,
      stateDir: 's',
      logDir: 'l',
      foreground: true,
      takeover: false,
      pinned: false,
      auto: false,
    });
  });

  it.each([[['--prot', '1']], [['extra']], [['--port', '0']], [['--port', '65536']], [['--port', '12x']], [['--config']]])(
    '[B1] refuses %j with exit code 2 and the usage',
    (argv) => {
      expect(() => parseDaemonOptions(argv)).toThrowError(
        expect.objectContaining({ code: 'CCP_DAEMON_USAGE', exitCode: 2, hint: expect.stringContaining('Usage: ccproxyd') }),
      );
    },
  );
});
