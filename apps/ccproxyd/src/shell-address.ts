import { nowhere, type ShellAddress } from '@ccproxy/projects';

/** Listening addresses a client on this machine reaches by 127.0.0.1, and by ::1. */
const families: Readonly<Record<string, 4 | 6>> = { '127.0.0.1': 4, '0.0.0.0': 4, '::1': 6, '::': 6 };

/** Where shells find a gateway that listens there: a loopback port, or nowhere. */
export function shellAddress(listening: { readonly address: string; readonly port: number }, pid: number): ShellAddress {
  const family = families[listening.address];
  return family === undefined ? nowhere : { family, port: listening.port, pid };
}
