import { z } from 'zod';
import { defineMethod, defineStream } from '../ipc-method.js';

const empty = z.strictObject({});

/** One open lease: a connection that keeps the daemon wanted. */
export const Lease = z.object({
  id: z.string(),
  client: z.string(),
  pid: z.number(),
  /** ms since the epoch */
  since: z.number(),
  /** Path of the project it works in; null outside of projects. */
  project: z.string().nullable(),
});
export type Lease = z.infer<typeof Lease>;

export const DaemonStatus = z.object({
  pid: z.number(),
  version: z.string(),
  protocol: z.number(),
  /** ms since the epoch */
  startTime: z.number(),
  /** What a client puts into ANTHROPIC_BASE_URL. */
  url: z.string(),
  host: z.string(),
  port: z.number(),
  gatewaySocket: z.string(),
  configFile: z.string().nullable(),
  /** How the last reload went; absent with daemons that cannot. */
  configState: z
    .object({
      /** ms since the epoch */
      since: z.number(),
      reloads: z.number(),
      /** Places of the file that take effect when the daemon starts anew. */
      restart: z.array(z.string()),
      /** Why the file as it is now is not in force. */
      failure: z.object({ at: z.number(), code: z.string(), message: z.string(), where: z.string().nullable() }).nullable(),
    })
    .optional(),
  /** Environment variables the configuration used, with salted hashes of their values: names are shown, values never. */
  variables: z.record(z.string(), z.string()),
  variablesSalt: z.string(),
  logFile: z.string(),
  node: z.string(),
  pinned: z.boolean(),
  /** Whether it stops by itself some time after the last session. */
  autoStop: z.boolean(),
  draining: z.boolean(),
  activeRequests: z.number(),
  leases: z.array(Lease),
  providers: z.array(z.object({ name: z.string(), type: z.string(), available: z.boolean(), reason: z.string().nullable() })),
  targets: z.array(z.object({ name: z.string(), provider: z.string(), model: z.string().nullable() })),
  health: z.record(z.string(), z.unknown()),
});
export type DaemonStatus = z.infer<typeof DaemonStatus>;

export const daemonStatus = defineMethod({ name: 'daemon.status', permission: 'read', input: empty, output: DaemonStatus });

/** Drains and exits. Answers as soon as the drain has begun. */
export const daemonStop = defineMethod({
  name: 'daemon.stop',
  permission: 'write',
  input: z.strictObject({ drainTimeoutMs: z.number().int().nonnegative().optional() }),
  output: z.object({ pid: z.number(), drainTimeoutMs: z.number() }),
});

/** Starts the successor on the same sockets, then drains. Answers when the successor is ready, or with its error: then nothing changed. */
export const daemonRestart = defineMethod({
  name: 'daemon.restart',
  permission: 'write',
  timeoutMs: 60_000,
  input: z.strictObject({ argv: z.array(z.string()).optional(), env: z.record(z.string(), z.string()).optional() }),
  output: z.object({ oldPid: z.number(), newPid: z.number() }),
});

/** Keeps the daemon wanted while the connection lives; `pin` keeps it until `daemon.stop`. */
export const leaseOpen = defineMethod({
  name: 'lease.open',
  permission: 'write',
  input: z.strictObject({ client: z.string(), pid: z.number().int(), pin: z.boolean().optional(), project: z.string().optional() }),
  output: z.object({ id: z.string(), leases: z.number() }),
});

/**
 * A lease plus a gateway token of small power for one Claude session; the token is revoked when the session ends: with the connection, or,
 * held by `process`, with the process `pid`, which may then be another program than the one that asked.
 */
export const sessionOpen = defineMethod({
  name: 'session.open',
  permission: 'write',
  input: z.strictObject({
    client: z.string(),
    pid: z.number().int(),
    project: z.string().optional(),
    heldBy: z.enum(['connection', 'process']).optional(),
  }),
  output: z.object({
    id: z.string(),
    token: z.string(),
    url: z.string(),
    gatewaySocket: z.string(),
    /** What the project of the request selects; null outside of projects. */
    project: z.object({ id: z.string(), profile: z.string().nullable(), outputLimit: z.number().nullable() }).nullable(),
    /** Features every reachable target can serve; the launcher switches the client's on only then. */
    capabilities: z.object({ toolSearch: z.boolean(), hintHeaders: z.boolean(), modelDiscovery: z.boolean() }),
  }),
});

/** Ties a session that survived a restart of the daemon to this connection; `known` false: it ended, open a new one. */
export const sessionResume = defineMethod({
  name: 'session.resume',
  permission: 'write',
  input: z.strictObject({ id: z.string(), client: z.string(), pid: z.number().int(), project: z.string().optional() }),
  output: z.object({ known: z.boolean() }),
});

/** Reads the allowed projects anew, after one was allowed or denied. Answers how many there are. */
export const projectsReload = defineMethod({
  name: 'projects.reload',
  permission: 'write',
  input: empty,
  output: z.object({ projects: z.number() }),
});

/** Live log lines, redacted. `dropped` counts lines a slow reader lost. */
export const logsFollow = defineStream({
  name: 'logs.follow',
  permission: 'read',
  input: z.strictObject({ level: z.string().optional() }),
  event: z.object({ line: z.string(), dropped: z.number().optional() }),
});

/** Recent ledger rows, newest first. */
export const ledgerRecent = defineMethod({
  name: 'ledger.recent',
  permission: 'read',
  input: z.strictObject({ limit: z.number().int().min(1).max(500) }),
  output: z.object({ rows: z.array(z.record(z.string(), z.unknown())) }),
});

/** Recent routing decisions, newest first, none after `until` (ms since the epoch): features and explanation, never prompts. */
export const decisionsRecent = defineMethod({
  name: 'decisions.recent',
  permission: 'read',
  input: z.strictObject({ limit: z.number().int().min(1).max(500), until: z.number().optional() }),
  output: z.object({ decisions: z.array(z.record(z.string(), z.unknown())) }),
});

/** What the daemon was started with, secrets redacted, as YAML. */
export const configActive = defineMethod({
  name: 'config.active',
  permission: 'read',
  input: empty,
  output: z.object({ file: z.string().nullable(), yaml: z.string() }),
});
