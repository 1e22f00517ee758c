import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * HOME of the real client: a user who has been greeted and trusts the folder `work`. Both runs of a comparison use the same folder, one after
 * the other, so that the paths in what the client sends and prints are the same bytes.
 */
export interface ClientHome {
  readonly home: string;
  /** Working directory of the client. */
  readonly work: string;
  /** Empties the folder: what one run left (sessions, caches) does not reach the next. */
  renew(): void;
  /** Writes a file below HOME, folders included. */
  write(path: string, text: string, mode?: number): void;
  [Symbol.dispose](): void;
}

/** What the client calls its device: random in a new home, here the same in every run. */
const deviceId = '5ffc1ac509a9b0f239e13ffd35c66e942f974f049c0f4852ffc4e4a3e5603003';

export function createClientHome(): ClientHome {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'ccp-client-'));
  const work = join(home, 'work');
  const write = (path: string, text: string, mode = 0o600): void => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  };
  const remove = (): void => rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  const renew = (): void => {
    remove();
    mkdirSync(work, { recursive: true });
    mkdirSync(join(home, 'tmp'));
    const trust = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true, allowedTools: [] };
    write('.claude.json', JSON.stringify({ hasCompletedOnboarding: true, theme: 'dark', userID: deviceId, projects: { [work]: trust } }));
  };
  renew();
  return { home, work, renew, write, [Symbol.dispose]: remove };
}
