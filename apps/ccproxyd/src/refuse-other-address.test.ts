import { describe, expect, it } from 'vitest';
import { refuseOtherAddress } from './refuse-other-address.js';

const listening = (address: string, port = 3456) => ({ address: () => ({ address, port, family: 'IPv4' }) });

describe('refuseOtherAddress', () => {
  it.each([
    ['127.0.0.1', { host: '127.0.0.1', port: undefined }],
    ['127.0.0.1', { host: 'localhost', port: 3456 }],
    ['::1', { host: 'localhost', port: 0 }],
    ['0.0.0.0', { host: '0.0.0.0', port: undefined }],
  ])('[B6] goes on on %s for %j', (address, server) => {
    expect(() => refuseOtherAddress(listening(address), server)).not.toThrow();
  });

  it.each([
    ['0.0.0.0', { host: '127.0.0.1', port: undefined }],
    ['127.0.0.1', { host: '0.0.0.0', port: undefined }],
    ['192.0.2.1', { host: '192.0.2.2', port: undefined }],
    ['127.0.0.1', { host: '127.0.0.1', port: 4000 }],
  ])('[F1] does not serve %s under rules for %j', (address, server) => {
    expect(() => refuseOtherAddress(listening(address), server)).toThrowError(
      expect.objectContaining({ code: 'CCP_DAEMON_TAKEOVER', hint: expect.stringContaining('ccproxy stop') }),
    );
  });
});
