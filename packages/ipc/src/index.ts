export * from './ipc-method.js';
export * from './methods/daemon-methods.js';
