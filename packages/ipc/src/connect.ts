/** The client side alone: loads neither a validator nor node-ipc, for programs that must start fast. */
export { connectIpc, type ConnectIpcOptions } from './connect-ipc.js';
export { IPC_PROTOCOL, type Welcome } from './envelope.js';
export { errors as ipcErrors } from './errors.js';
export { type IpcConnection, type IpcSubscription } from './ipc-connection.js';
export type { IpcName } from './ipc-method.js';
export { configMethodNames } from './methods/config-method-names.js';
export { daemonMethodNames } from './methods/daemon-method-names.js';
export { providerMethodNames } from './methods/provider-method-names.js';
export { isPipe } from './socket-path.js';
export { fromWireError, toWireError, type WireError } from './wire-error.js';
