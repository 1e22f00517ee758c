import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppPaths, resolvePaths } from '@ccproxy/kernel';
import { stopDaemon } from '@ccproxy/client';

/** A home with a state directory of its own; whatever daemon runs there ends with it. */
export class TestHome {
  readonly root = mkdtempSync(join(tmpdir(), 'ccp-'));
  readonly state = join(this.root, '.ccproxy');

  /** Environment of commands about this home: a free port, no other configuration, no client. */
  get env(): Record<string, string> {
    return { HOME: this.root, CC_PROXY_STATE_DIR: this.state, CC_PROXY_PORT: '0', PATH: `${this.root}/bin`, CLAUDE_CLI_PATH: '' };
  }

  write(name: string, text: string, mode = 0o600): string {
    const file = join(this.root, name);
    writeFileSync(file, text, { mode });
    chmodSync(file, mode);
    return file;
  }

  get paths(): AppPaths {
    return resolvePaths({ env: {}, home: this.root, platform: process.platform, stateDir: this.state });
  }

  /** Stops the daemon of this home, if one runs, without a command. */
  async stopDaemon(): Promise<void> {
    await stopDaemon({ paths: this.paths, client: 'test', version: '0', drainMs: 0 });
  }

  async end(): Promise<void> {
    await this.stopDaemon();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}
