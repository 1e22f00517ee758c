import { type IpcConnection, type IpcName, providerMethodNames } from '@ccproxy/ipc/connect';

type ProbeMethod = (typeof providerMethodNames)['probe'];
export type ProviderProbe = ProbeMethod extends IpcName<infer _Input, infer Output> ? Output : never;

/** The daemon's own limit comes first. */
const PROBE_MS = 11 * 60_000;

/** Measures what a model of a provider can do, through the daemon. Rejects with its coded error or with one of the connection. */
export const probeProvider = (connection: IpcConnection, provider: string, model: string): Promise<ProviderProbe> =>
  connection.call(providerMethodNames.probe, { provider, model }, { timeoutMs: PROBE_MS });
