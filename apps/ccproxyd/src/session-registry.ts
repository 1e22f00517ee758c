import { hash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { IpcPeer } from '@ccproxy/ipc';
import { isAlive, type Logger, parseJson, type Redactor, readProcessIdentity, removeTemporaries, writeFileAtomic } from '@ccproxy/kernel';
import { z } from 'zod';

/** No write takes this long; what is older was left by a daemon that was killed, ms. */
const abandonedMs = 60_000;

/** What the registry of gateway tokens must be able to do for sessions. */
export interface SessionTokens {
  add(entry: { readonly id: string; readonly token: string; readonly principal: { readonly kind: 'gateway'; readonly id: string } }): void;
  /** Accepts a token of which only the SHA-256 (base64) is known. */
  restore(entry: {
    readonly id: string;
    readonly digest: string;
    readonly principal: { readonly kind: 'gateway'; readonly id: string };
  }): void;
  revoke(id: string): boolean;
}

/** A session as it lies in `run/sessions/<id>.session`: enough to accept its token after a restart, not enough to make it. */
const SessionRecord = z.object({
  id: z.string(),
  digest: z.string(),
  client: z.string(),
  owner: z.object({ pid: z.number().int(), startTicks: z.number(), bootId: z.string() }),
  /** `process`: it lasts as long as its owner, without a connection. */
  heldBy: z.enum(['connection', 'process']).default('connection'),
  /** Id of the project it works in. */
  project: z.string().nullable().default(null),
});
export type SessionRecord = z.infer<typeof SessionRecord>;

/** What opens a session. */
export interface SessionRequest {
  readonly client: string;
  readonly pid: number;
  readonly heldBy?: 'connection' | 'process' | undefined;
  readonly project?: string | undefined;
}

/** Gateway tokens of small power, one per Claude session, valid while the process that opened the session lives. */
export interface SessionRegistry {
  /** Opens a session for the process `pid` and returns its token; it ends when `peer` does. */
  open(peer: IpcPeer, request: SessionRequest): Promise<{ readonly id: string; readonly token: string }>;
  /** Ties a session that survived a restart to a new connection; false when it is not known (any more). */
  resume(peer: IpcPeer, id: string): boolean;
  /** Accepts the sessions whose owner still lives, removes what is left of all others. Returns those that live. */
  restore(): Promise<SessionRecord[]>;
  /** From now on the end of a connection means that this daemon stops, not that the session ended. */
  retain(): void;
}

/** Creates the registry over `dir` (0700). */
export function createSessionRegistry(deps: {
  readonly dir: string;
  readonly tokens: SessionTokens;
  readonly logger: Logger;
  readonly newId: () => string;
  readonly newToken: () => string;
  /** Knows the tokens that are open, so that none is ever written anywhere. */
  readonly redactor: Pick<Redactor, 'add' | 'remove'>;
}): SessionRegistry {
  const holders = new Map<string, string>();
  const secrets = new Map<string, string>();
  let retaining = false;
  const fileOf = (id: string): string => join(deps.dir, `${id}.session`);
  /** The record, and the settings file of the client, which whoever made it may not live to remove. */
  const removeFiles = async (id: string, pid: number): Promise<void> => {
    for (const file of [fileOf(id), join(deps.dir, `${pid}-${id}.json`)]) await rm(file, { force: true });
  };

  const hold = (peer: IpcPeer, id: string, pid: number): void => {
    holders.set(id, peer.connectionId);
    peer.onClose(() => {
      if (retaining || holders.get(id) !== peer.connectionId) return;
      holders.delete(id);
      deps.tokens.revoke(id);
      deps.redactor.remove(secrets.get(id) ?? '');
      secrets.delete(id);
      removeFiles(id, pid).catch((error: unknown) => deps.logger.warn({ err: error, session: id }, 'session record not removed'));
    });
  };

  return {
    async open(peer, request) {
      const id = deps.newId();
      const token = deps.newToken();
      const owner = readProcessIdentity(request.pid) ?? { pid: request.pid, startTicks: 0, bootId: '' };
      const { client, heldBy = 'connection', project = null } = request;
      const record: SessionRecord = { id, digest: hash('sha256', token, 'base64'), client, owner, heldBy, project };
      await writeFileAtomic(fileOf(id), `${JSON.stringify(record)}\n`);
      deps.redactor.add(token);
      secrets.set(id, token);
      deps.tokens.add({ id, token, principal: { kind: 'gateway', id } });
      hold(peer, id, request.pid);
      return { id, token };
    },
    resume(peer, id) {
      if (!holders.has(id)) return false;
      hold(peer, id, peer.pid);
      return true;
    },
    async restore() {
      const living: SessionRecord[] = [];
      for (const dir of [deps.dir, dirname(deps.dir)]) await removeTemporaries(dir, { olderThanMs: abandonedMs, now: Date.now() });
      for (const name of await readdir(deps.dir)) {
        if (!/^[\w-]+\.session$/.test(name)) continue;
        const record = parseRecord(await readFile(join(deps.dir, name), 'utf8'));
        if (record !== undefined && `${record.id}.session` === name && isAlive(record.owner)) {
          deps.tokens.restore({ id: record.id, digest: record.digest, principal: { kind: 'gateway', id: record.id } });
          holders.set(record.id, '');
          living.push(record);
        } else {
          await rm(join(deps.dir, name), { force: true });
          if (record !== undefined) await removeFiles(record.id, record.owner.pid);
        }
      }
      return living;
    },
    retain() {
      retaining = true;
    },
  };
}

function parseRecord(text: string): SessionRecord | undefined {
  const json = parseJson(text);
  const record = json.ok ? SessionRecord.safeParse(json.value) : undefined;
  return record?.success === true ? record.data : undefined;
}
