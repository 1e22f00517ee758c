import type { Clock } from '@ccproxy/kernel';
import type { IpcPeer, Lease } from '@ccproxy/ipc';
import { errors } from './errors.js';

/** What a program says of itself when it wants the daemon. */
export interface LeaseRequest {
  readonly client: string;
  readonly pid: number;
  readonly pin?: boolean | undefined;
  /** Path of the project it works in. */
  readonly project?: string | undefined;
}

/** Who wants the daemon to stay: one lease per connection that asked for it. */
export interface LeaseRegistry {
  /**
   * Opens a lease that ends with the connection of `peer`, which may be silent from then on; `pin` keeps the daemon until it is stopped.
   * @throws CCP_DAEMON_STOPPING after `refuse`
   */
  open(peer: IpcPeer, request: LeaseRequest): Lease;
  list(): readonly Lease[];
  pinned(): boolean;
  /** The daemon stops: whoever wants one waits for the next. */
  refuse(): void;
}

/** Creates the registry. `onChange` is told the number of open leases after every change. */
export function createLeaseRegistry(deps: {
  readonly clock: Clock;
  readonly pinned?: boolean;
  readonly newId: () => string;
  readonly onChange: (open: number) => void;
}): LeaseRegistry {
  const leases = new Map<string, Lease>();
  let pinned = deps.pinned ?? false;
  let refusing = false;
  return {
    open(peer, request) {
      if (refusing) throw errors.CCP_DAEMON_STOPPING({ message: `The daemon (pid ${process.pid}) is stopping.` });
      const { client, pid, project = null } = request;
      const lease: Lease = { id: deps.newId(), client, pid, since: deps.clock.now(), project };
      pinned ||= request.pin === true;
      leases.set(lease.id, lease);
      peer.keep();
      deps.onChange(leases.size);
      peer.onClose(() => {
        if (leases.delete(lease.id)) deps.onChange(leases.size);
      });
      return lease;
    },
    list: () => [...leases.values()],
    pinned: () => pinned,
    refuse() {
      refusing = true;
    },
  };
}
