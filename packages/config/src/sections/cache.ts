import { notAvailable } from '../not-available.js';

export const cache = notAvailable({ description: 'Answers of identical requests, and joining of identical requests in flight.' });
