import { notAvailable } from '../not-available.js';

export const plugins = notAvailable({ description: 'Routing modules, request and response observers, provider adapters.' });
