export type * from './daemon-module.js';
