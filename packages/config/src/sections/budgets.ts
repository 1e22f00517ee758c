import { notAvailable } from '../not-available.js';

export const budgets = notAvailable({ description: 'Spending limits per model, user or project.' });
