import { describe, expect, it } from 'vitest';
import { createHostPolicy, isLoopbackHost } from './host-policy.js';

const policy = (host: string, allowedHosts: readonly string[] = [], port = 3456) => {
  const hosts = createHostPolicy({ host, allowedHosts });
  hosts.setPort(port);
  return hosts;
};

describe('createHostPolicy', () => {
  it.each([
    ['127.0.0.1:3456', true],
    ['localhost:3456', true],
    ['LocalHost:3456', true],
    ['[::1]:3456', true],
    ['127.0.0.1', false],
    ['127.0.0.1:3457', false],
    ['localhost.:3456', false],
    ['127.1:3456', false],
    ['2130706433:3456', false],
    ['127.0.0.1:3456/evil', false],
    ['evil.example#127.0.0.1:3456', false],
    ['', false],
    [':3456', false],
  ])('[F1] rows 1, 9, 10: %s is %s on a loopback server', (host, expected) => {
    expect(policy('127.0.0.1').allows(host)).toBe(expected);
  });

  it('[B7] knows the names the user listed: with a port exactly, without one under every port', () => {
    const hosts = policy('0.0.0.0', ['Host.Docker.Internal', 'gateway.lan:8443', 'fd00::1']);
    for (const host of [
      'host.docker.internal:3456',
      'HOST.docker.internal:9',
      'host.docker.internal',
      'gateway.lan:8443',
      '[fd00::1]:3456',
    ]) {
      expect(hosts.allows(host)).toBe(true);
    }
    for (const host of ['gateway.lan:3456', 'gateway.lan', 'xhost.docker.internal:3456', 'host.docker.internal:', '0.0.0.0:3456']) {
      expect(hosts.allows(host)).toBe(false);
    }
  });

  it('knows the address it is bound to, and needs no port where HTTP has one', () => {
    expect(policy('192.168.1.5').allows('192.168.1.5:3456')).toBe(true);
    expect(policy('fd00::5').allows('[fd00::5]:3456')).toBe(true);
    expect(policy('127.0.0.1', [], 80).allows('localhost')).toBe(true);
  });
});

describe('isLoopbackHost', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['localhost', true],
    ['::1', true],
    ['[::1]', true],
    ['0.0.0.0', false],
    ['::', false],
    ['', false],
    ['127.0.0.1.evil.example', false],
    ['192.168.1.5', false],
  ])('%s is %s', (host, expected) => {
    expect(isLoopbackHost(host)).toBe(expected);
  });
});
