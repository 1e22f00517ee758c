import { notAvailable } from '../not-available.js';

export const agents = notAvailable({ description: 'The agent service: limits, queue and isolation of headless runs.' });
