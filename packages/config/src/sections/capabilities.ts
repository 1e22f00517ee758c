import { notAvailable } from '../not-available.js';

export const capabilities = notAvailable({ description: 'What a model can do, where it differs from what its name suggests.' });
