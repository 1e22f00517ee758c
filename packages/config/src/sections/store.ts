import { notAvailable } from '../not-available.js';

export const store = notAvailable({ description: 'Where usage and queues are kept: SQLite or Redis, and how hard they are synchronised.' });
