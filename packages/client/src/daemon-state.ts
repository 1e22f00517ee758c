import type { ProcessIdentity } from '@ccproxy/kernel';
import { parseJson } from '@ccproxy/kernel/json';

/** What a running daemon says of itself in `run/daemon.json`; a contract with other programs. No secret is in it. */
export interface DaemonState extends ProcessIdentity {
  readonly port: number;
  /** ms since the epoch */
  readonly startTime: number;
  /** Open leases. */
  readonly refcount: number;
  readonly version: string;
  /** Protocol of the control channel. */
  readonly protocol: number;
  /** The user's configuration file; null when there is none. */
  readonly config: string | null;
  readonly host: string;
  /** What a client puts into ANTHROPIC_BASE_URL. */
  readonly url: string;
  readonly gatewaySocket: string;
  readonly logFile: string;
  /** Environment variables the configuration used: names and salted hashes of their values. */
  readonly variables: Readonly<Record<string, string>>;
  readonly variablesSalt: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const isNatural = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/**
 * Reads the text of `daemon.json`. Undefined when it is cut off, no object, or without a pid and port; what else is
 * missing or of a wrong type gets the value that means "not known".
 */
export function parseDaemonState(json: string): DaemonState | undefined {
  const parsed = parseJson(json);
  if (!parsed.ok || !isRecord(parsed.value)) return undefined;
  const { pid, port, config, variables, ...rest } = parsed.value;
  if (!isNatural(pid) || !isNatural(port) || port > 65_535) return undefined;
  return {
    pid,
    port,
    config: typeof config === 'string' ? config : null,
    startTicks: number(rest['startTicks']),
    bootId: text(rest['bootId']),
    startTime: number(rest['startTime']),
    refcount: number(rest['refcount']),
    version: text(rest['version']),
    protocol: number(rest['protocol']),
    host: text(rest['host']),
    url: text(rest['url']),
    gatewaySocket: text(rest['gatewaySocket']),
    logFile: text(rest['logFile']),
    variables: isRecord(variables) ? Object.fromEntries(Object.entries(variables).map(([name, hash]) => [name, text(hash)])) : {},
    variablesSalt: text(rest['variablesSalt']),
  };
}
