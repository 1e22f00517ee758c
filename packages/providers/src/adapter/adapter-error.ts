import { type CcproxyError, createRedactor } from '@ccproxy/kernel';
import { errors } from '../errors.js';
import { isNetworkCode, upstreamError } from '../upstream-error.js';
import type { AdapterNews } from './adapter-protocol.js';

type OurCode = keyof typeof errors & `CCP_${string}`;

const isOurs = (code: string): code is OurCode => code.startsWith('CCP_') && Object.hasOwn(errors, code);

/** The coded error of a call its adapter failed. An adapter is free in its words; `secrets` are kept out of them. */
export function adapterError(
  provider: string,
  { code = '', message }: Pick<Extract<AdapterNews, { kind: 'failed' }>, 'code' | 'message'>,
  secrets: readonly string[],
): CcproxyError {
  if (isNetworkCode(code)) return upstreamError(provider, Object.assign(new Error('of an adapter'), { code }));
  const said = createRedactor({ secrets }).redact(message);
  const raise = isOurs(code) ? errors[code] : errors.CCP_PROVIDER_ADAPTER;
  return raise({ message: `provider "${provider}": ${said}`, details: { provider } });
}
