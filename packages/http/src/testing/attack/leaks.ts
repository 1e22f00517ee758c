import { type AttackCheck, headerOf, inTurn, isServerError, observed, statuses } from './attack-check.js';

const escape = '\u001b[31m';

const sensitivePaths = [
  '/../../../../etc/passwd',
  '/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
  '/..%2f..%2f..%2f..%2fetc/passwd',
  '/..%5c..%5c..%5cwindows/win.ini',
  '//etc/passwd',
  '/static/../../../../etc/passwd',
  '/%c0%ae%c0%ae/etc/passwd',
  '/..;/admin',
  '/%00',
  '/.env',
  '/.git/config',
  '/.ccproxy.yaml',
  '/proc/self/environ',
  '/config',
  '/debug/pprof',
  '/server-status',
];

/** Group D: injection into answers, echoed secrets, paths and methods. */
export const leaks: readonly AttackCheck[] = [
  {
    id: 'D01',
    name: 'CRLF in path and query',
    expect: 'no injected header',
    async run(target) {
      const paths = [`${target.health}?x=%0d%0aX-Injected:%201`, '/%0d%0aX-Injected:%201', `${target.path}/%E5%98%8A%E5%98%8DX-Injected:1`];
      const answers = await inTurn(paths, (path) => target.get(path));
      return {
        passed: answers.every((answer) => headerOf(answer, 'x-injected') === undefined),
        observed: answers.map(({ status }) => status),
      };
    },
  },
  {
    id: 'D02',
    name: 'ids with escapes',
    expect: 'not reflected',
    async run(target) {
      const answer = await target.get(target.health, {
        'x-request-id': `${escape}${'A'.repeat(4_096)}`,
        traceparent: `zz-${'f'.repeat(300)}`,
        'x-correlation-id': '<script>',
      });
      const reflected = answer.text.includes(escape) || /A{1000}|<script>/.test(answer.text);
      return { passed: !reflected, observed: observed(answer) };
    },
  },
  {
    id: 'D03',
    name: 'secrets of the request',
    expect: 'in no error answer',
    async run(target) {
      const key = `sk-ant-api03-${target.canary}`;
      const headers = { 'x-api-key': key, authorization: `Bearer ${key}`, cookie: `t=${key}`, 'proxy-authorization': `Basic ${key}` };
      const answers = [
        await target.get(`/nope?key=${key}&api_key=${key}`, headers),
        await target.post('{bad', headers),
        await target.post('{"model":1}', headers),
        await target.send([target.request('DELETE', target.path, headers)]),
      ];
      return { passed: answers.every((answer) => !answer.text.includes(target.canary)), observed: answers.map(({ status }) => status) };
    },
  },
  statuses(
    'D04',
    `path traversal and sensitive files (${sensitivePaths.length})`,
    'no 2xx, no 5xx, no file content',
    (target) => inTurn(sensitivePaths, (path) => target.get(path)),
    (answer) => !isServerError(answer) && !(answer.status >= 200 && answer.status < 300) && !/root:x:|\[core\]|PATH=/.test(answer.text),
  ),
  statuses(
    'D05',
    'bad percent-encoding',
    '400 or 404',
    (target) => inTurn(['/%', '/%zz', '/%E0%A4%A', `${target.path}%`], (path) => target.get(path)),
    ({ status }) => status >= 400 && status < 500,
  ),
  {
    id: 'D06',
    name: 'technology disclosure',
    expect: 'no product and version in headers',
    async run(target) {
      const answer = await target.get(target.health);
      return {
        passed: headerOf(answer, 'x-powered-by') === undefined && !/\d/.test(headerOf(answer, 'server') ?? ''),
        observed: observed(answer),
      };
    },
  },
  statuses(
    'D07',
    'method confusion',
    'no 2xx on methods the route lacks',
    (target) =>
      inTurn(['DELETE', 'PUT', 'PATCH', 'HEAD', 'PROPFIND'], (method) =>
        target.send([target.request(method, target.path, method === 'HEAD' ? {} : { 'x-http-method-override': 'POST' })], {
          timeout: 1_500,
        }),
      ),
    (answer) => !isServerError(answer) && !(answer.status >= 200 && answer.status < 300),
  ),
  {
    id: 'D08',
    name: 'open redirect',
    expect: 'no Location to another host',
    async run(target) {
      const answer = await target.get('//evil.example/%2e%2e');
      return { passed: !(headerOf(answer, 'location') ?? '').includes('evil.example'), observed: observed(answer) };
    },
  },
];
