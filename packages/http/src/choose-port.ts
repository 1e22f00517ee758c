import { CcproxyError } from '@ccproxy/kernel';

export interface PortWish<Listening> {
  /** From a flag, the environment or the file: this one or an error. */
  readonly explicit: number | undefined;
  /** What `run/port` says. */
  readonly remembered: number | undefined;
  /** The usual port; 3456 when absent. */
  readonly preferred?: number;
  /** Listens on the port, 0 meaning any free one; rejects with CCP_PORT_TAKEN when somebody else does. */
  readonly tryListen: (port: number) => Promise<Listening>;
}

export interface PortChoice<Listening> {
  readonly listening: Listening;
  readonly rule: 'explicit' | 'remembered' | 'preferred' | 'free';
}

const isPort = (port: number | undefined): port is number => port !== undefined && Number.isInteger(port) && port > 0 && port < 65_536;

/**
 * The port rule: an explicit port or CCP_PORT_TAKEN; otherwise the remembered one, else the usual one, else a free one.
 * The caller remembers what came out.
 */
export async function choosePort<Listening>(wish: PortWish<Listening>): Promise<PortChoice<Listening>> {
  const { explicit, remembered, preferred = 3456, tryListen } = wish;
  if (explicit !== undefined) return { listening: await tryListen(explicit), rule: 'explicit' };
  const candidates: { port: number; rule: 'remembered' | 'preferred' }[] = [];
  if (isPort(remembered)) candidates.push({ port: remembered, rule: 'remembered' });
  if (preferred !== remembered) candidates.push({ port: preferred, rule: 'preferred' });
  for (const { port, rule } of candidates) {
    try {
      return { listening: await tryListen(port), rule };
    } catch (error) {
      if (!CcproxyError.isInstance(error) || error.code !== 'CCP_PORT_TAKEN') throw error;
    }
  }
  return { listening: await tryListen(0), rule: 'free' };
}
