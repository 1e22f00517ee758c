import type { IpcMethod, IpcName } from '../ipc-method.js';
import type { providerProbe } from './provider-methods.js';

type NameOf<T> = T extends IpcMethod<infer I, infer O> ? IpcName<I, O> : never;

/** The methods of `provider-methods.ts` for callers: typed names without their schemas. */
export const providerMethodNames: { readonly probe: NameOf<typeof providerProbe> } = { probe: { name: 'provider.probe' } };
