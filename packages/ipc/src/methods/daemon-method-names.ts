import type { IpcMethod, IpcName, IpcStream } from '../ipc-method.js';
import type {
  configActive,
  daemonRestart,
  daemonStatus,
  daemonStop,
  decisionsRecent,
  leaseOpen,
  ledgerRecent,
  logsFollow,
  projectsReload,
  sessionOpen,
  sessionResume,
} from './daemon-methods.js';

type NameOf<T> = T extends IpcMethod<infer I, infer O> ? IpcName<I, O> : T extends IpcStream<infer I, infer E> ? IpcName<I, E> : never;

/** The methods of `daemon-methods.ts` for callers: typed names without their schemas. */
export const daemonMethodNames: {
  readonly status: NameOf<typeof daemonStatus>;
  readonly stop: NameOf<typeof daemonStop>;
  readonly restart: NameOf<typeof daemonRestart>;
  readonly leaseOpen: NameOf<typeof leaseOpen>;
  readonly sessionOpen: NameOf<typeof sessionOpen>;
  readonly sessionResume: NameOf<typeof sessionResume>;
  readonly projectsReload: NameOf<typeof projectsReload>;
  readonly logsFollow: NameOf<typeof logsFollow>;
  readonly ledgerRecent: NameOf<typeof ledgerRecent>;
  readonly decisionsRecent: NameOf<typeof decisionsRecent>;
  readonly configActive: NameOf<typeof configActive>;
} = {
  status: { name: 'daemon.status' },
  stop: { name: 'daemon.stop' },
  restart: { name: 'daemon.restart' },
  leaseOpen: { name: 'lease.open' },
  sessionOpen: { name: 'session.open' },
  sessionResume: { name: 'session.resume' },
  projectsReload: { name: 'projects.reload' },
  logsFollow: { name: 'logs.follow' },
  ledgerRecent: { name: 'ledger.recent' },
  decisionsRecent: { name: 'decisions.recent' },
  configActive: { name: 'config.active' },
};
