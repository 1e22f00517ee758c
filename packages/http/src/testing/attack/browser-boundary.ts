import { type AttackCheck, headerOf, observed, refused, statuses } from './attack-check.js';
import type { AttackTarget } from './attack-target.js';

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

const hosts: readonly ((port: number) => string)[] = [
  () => 'evil.example',
  (port) => `evil.example:${port}`,
  (port) => `127.0.0.1.evil.example:${port}`,
  (port) => `localhost.evil.example:${port}`,
  (port) => `0.0.0.0:${port}`,
  () => '127.0.0.1@evil.example',
  (port) => `127.0.0.1:${port}, evil.example`,
  () => '169.254.169.254',
];

const notSwitched = (id: string, name: string, send: (target: AttackTarget) => ReturnType<AttackTarget['get']>): AttackCheck => ({
  id,
  name,
  expect: 'not 101',
  async run(target) {
    const answer = await send(target);
    return { passed: answer.status !== 101, observed: observed(answer) };
  },
});

/** Group A: DNS rebinding, foreign pages, CSRF, WebSocket hijack, proxy tricks. */
export const browserBoundary: readonly AttackCheck[] = [
  ...hosts.map((host, index) =>
    refused(`A0${index + 1}`, `foreign Host, form ${index + 1}`, '421: Host allow-list', (target) =>
      target.post(target.goodBody, {}, { host: host(target.port) }),
    ),
  ),
  refused('A09', 'missing Host', '400', (target) => target.post(target.goodBody, {}, { host: null })),
  refused('A10', 'two Host headers', '400', (target) =>
    target.send([`${target.postHead}Host: evil.example\r\nContent-Length: ${target.goodBody.length}\r\n\r\n${target.goodBody}`]),
  ),
  refused('A11', 'absolute-form target to another authority', '400; never an open proxy', (target) =>
    target.get(`http://evil.example${target.health}`),
  ),
  refused('A12', 'foreign Origin', '403', (target) => target.post(target.goodBody, { origin: 'https://evil.example' })),
  refused('A13', 'Origin: null', '403', (target) => target.post(target.goodBody, { origin: 'null' })),
  refused('A14', 'Sec-Fetch-Site: cross-site', '403', (target) =>
    target.post(target.goodBody, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }),
  ),
  {
    id: 'A15',
    name: 'CORS preflight with private network',
    expect: 'nothing is allowed to a foreign origin',
    async run(target) {
      const preflight = {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key',
        'access-control-request-private-network': 'true',
      };
      const answer = await target.send([target.request('OPTIONS', target.path, preflight, '', { authenticated: false })]);
      const allowed = ['access-control-allow-origin', 'access-control-allow-private-network'].filter(
        (name) => headerOf(answer, name) !== undefined,
      );
      return { passed: allowed.length === 0, observed: observed(answer) };
    },
  },
  refused('A16', 'CSRF: text/plain', '415', (target) => target.post(target.goodBody, { 'content-type': 'text/plain' })),
  refused('A17', 'CSRF: urlencoded', '415', (target) =>
    target.post(`a=1&${target.goodBody}`, { 'content-type': 'application/x-www-form-urlencoded' }),
  ),
  refused('A18', 'CSRF: multipart', '415', (target) =>
    target.post(`--x\r\ncontent-disposition: form-data; name=a\r\n\r\n${target.goodBody}\r\n--x--\r\n`, {
      'content-type': 'multipart/form-data; boundary=x',
    }),
  ),
  refused('A19', 'JSON without a content type', '415', (target) => target.post(target.goodBody, { 'content-type': undefined })),
  notSwitched('A20', 'WebSocket hijack by Origin', (target) =>
    target.get(target.websocketPath, { ...upgrade, origin: 'https://evil.example' }, { timeout: 2_500 }),
  ),
  notSwitched('A21', 'WebSocket hijack by Host', (target) =>
    target.get(target.websocketPath, upgrade, { host: 'evil.example', timeout: 2_500 }),
  ),
  notSwitched('A22', 'h2c upgrade', (target) =>
    target.get(
      target.health,
      { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' },
      { timeout: 2_500 },
    ),
  ),
  refused('A23', 'TRACE', '405, no echo', (target) => target.send([target.request('TRACE', target.health, { 'x-c': target.canary })])),
  statuses(
    'A24',
    'CONNECT',
    'not 2xx',
    async (target) => [await target.send(['CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n'], { timeout: 2_000 })],
    ({ status }) => status < 200 || status >= 300,
  ),
  {
    id: 'A25',
    name: 'forwarded and rewrite headers',
    expect: 'the spoofed authority is not used',
    async run(target) {
      const answer = await target.get(target.health, {
        'x-forwarded-host': 'evil.example',
        'x-forwarded-for': '127.0.0.1',
        'x-original-url': '/admin',
        'x-rewrite-url': '/admin',
        forwarded: 'host=evil.example',
      });
      return { passed: !answer.text.includes('evil.example'), observed: observed(answer) };
    },
  },
  {
    id: 'A26',
    name: 'the loopback names work',
    expect: 'the same answer for 127.0.0.1, localhost, [::1]',
    async run(target) {
      const seen = new Set<number>();
      for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
        seen.add((await target.get(target.health, {}, { host: `${name}:${target.port}` })).status);
      }
      return { passed: seen.size === 1 && [...seen].every((status) => status > 0 && status < 400), observed: [...seen] };
    },
  },
];
