import { notAvailable } from '../not-available.js';

export const prices = notAvailable({ description: 'Prices per model and date.' });
