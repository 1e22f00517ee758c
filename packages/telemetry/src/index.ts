export type * from './metrics.js';
