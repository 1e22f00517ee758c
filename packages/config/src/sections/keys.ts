import { notAvailable } from '../not-available.js';

export const keys = notAvailable({
  description: 'Gateway keys of single users, with their own rules, limits, usage and expiry.',
  instead: 'Use `server.authKey`: one gateway token for everyone.',
});
