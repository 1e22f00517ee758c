import { notAvailable } from '../not-available.js';

export const retry = notAvailable({
  description: 'Repetition of a failed attempt, by error class.',
  instead: 'A target may name `fallback` targets.',
});
