export * from './connect.js';
export { type IpcLimits, defaultIpcLimits } from './ipc-limits.js';
export * from './ipc-method.js';
export {
  type ConnectionHandlers,
  defaultTransportLimits,
  type IpcTransport,
  type TransportConnection,
  type TransportLimits,
  type TransportListener,
} from './ipc-transport.js';
export * from './methods/config-methods.js';
export * from './methods/daemon-methods.js';
export * from './methods/provider-methods.js';
export { createNetTransport } from './net-transport.js';
export { createNodeIpcTransport } from './node-ipc-transport.js';
export { type IpcConnectionInfo, type IpcServer, serveIpc, type ServeIpcOptions } from './serve-ipc.js';
