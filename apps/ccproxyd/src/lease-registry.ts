import type { Clock } from '@ccproxy/kernel';
import type { IpcPeer, Lease } from '@ccproxy/ipc';

/** Who wants the daemon to stay: one lease per connection that asked for it. */
export interface LeaseRegistry {
  /** Opens a lease that ends with the connection of `peer`; `pin` keeps the daemon until it is stopped. */
  open(peer: IpcPeer, request: { readonly client: string; readonly pid: number; readonly pin?: boolean | undefined }): Lease;
  list(): readonly Lease[];
  pinned(): boolean;
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
  return {
    open(peer, request) {
      const lease: Lease = { id: deps.newId(), client: request.client, pid: request.pid, since: deps.clock.now() };
      pinned ||= request.pin === true;
      leases.set(lease.id, lease);
      deps.onChange(leases.size);
      peer.onClose(() => {
        if (leases.delete(lease.id)) deps.onChange(leases.size);
      });
      return lease;
    },
    list: () => [...leases.values()],
    pinned: () => pinned,
  };
}
