import type { IpcMethod, IpcName } from '../ipc-method.js';
import type { configCompare, configReload } from './config-methods.js';

type NameOf<T> = T extends IpcMethod<infer I, infer O> ? IpcName<I, O> : never;

/** The methods of `config-methods.ts` for callers: typed names without their schemas. */
export const configMethodNames: { readonly reload: NameOf<typeof configReload>; readonly compare: NameOf<typeof configCompare> } = {
  reload: { name: 'config.reload' },
  compare: { name: 'config.compare' },
};
