import { notAvailable } from '../not-available.js';

export const experiments = notAvailable({ description: 'Comparison of two targets, sticky by session.' });
