export { attackIpc, type AttackCheck, type AttackOptions, type AttackReport } from './ipc-attack.js';
export { createMemoryTransport } from './memory-transport.js';
export { sourceProcessArgs, sourceProcessFlags } from './source-process.js';
