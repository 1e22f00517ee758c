import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AttackCheck, inTurn, isClientError, isDropped, isServerError, observed, refused, statuses } from './attack-check.js';
import type { AttackTarget, HeaderMap } from './attack-target.js';
import { grewLess } from './process-use.js';

const megabyte = 1_048_576;
const repeat = (text: string, times: number): string => text.repeat(times);

const malformed = (id: string, name: string, body: Buffer | string): AttackCheck =>
  refused(id, name, '400, no stack', (target) => target.post(body));

/** The server may like it or not, but answers without failing. */
const survived = (id: string, name: string, body: (target: AttackTarget) => Buffer | string, headers: HeaderMap = {}): AttackCheck =>
  statuses(
    id,
    name,
    'answered, not 5xx',
    async (target) => [await target.post(body(target), headers, { timeout: 15_000 })],
    (answer) => answer.status > 0 && !isServerError(answer),
  );

const polluting = [
  '{"__proto__":{"polluted":"PWNED"}}',
  '{"constructor":{"prototype":{"polluted":"PWNED"}}}',
  '{"messages":[{"__proto__":{"polluted":"PWNED","status":"PWNED"}}]}',
  '{"metadata":{"__proto__":{"toString":"PWNED"}}}',
];

const invalidUtf8 = Buffer.concat([
  Buffer.from('{"model":"x","messages":[{"role":"user","content":"'),
  Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]),
  Buffer.from('"}]}'),
]);

/** Group B: sizes of headers, URLs and bodies, malformed and hostile JSON. */
export const bodies: readonly AttackCheck[] = [
  refused('B01', '64 KB header', '431', (target) => target.post(target.goodBody, { 'x-big': repeat('a', 65_536) })),
  refused('B02', '5000 headers', '431', (target) =>
    target.get(target.health, Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`a${index}`, '1']))),
  ),
  statuses(
    'B03',
    '1500 short headers',
    'not 5xx; none is dropped in silence',
    async (target) => [
      await target.get(target.health, Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`a${index.toString(36)}`, '1']))),
    ],
    (answer) => !isServerError(answer),
  ),
  refused('B04', '64 KB URL', '414 or 431', (target) => target.get(`/${repeat('a', 65_536)}`)),
  {
    id: 'B05',
    name: 'Content-Length of 10 GB, no body',
    expect: '413 at once',
    async run(target) {
      const answer = await target.send([
        target.request('POST', target.path, { 'content-type': 'application/json', 'content-length': '10000000000' }),
      ]);
      return { passed: isClientError(answer) && answer.took < 2_000, observed: observed(answer) };
    },
  },
  {
    id: 'B06',
    name: 'chunked body of twice the limit',
    expect: '413 or closed; reading stops',
    async run(target) {
      const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(megabyte, 32), Buffer.from('\r\n')]);
      const chunks = Array.from({ length: target.bodyLimitMb * 2 }, () => chunk);
      const answer = await target.send([`${target.postHead}Transfer-Encoding: chunked\r\n\r\n`, ...chunks, '0\r\n\r\n'], {
        timeout: 20_000,
      });
      return { passed: answer.status === 413 || answer.status === 400 || isDropped(answer), observed: observed(answer) };
    },
  },
  survived('B07', 'body just below the limit', (target) =>
    JSON.stringify({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: repeat('x', target.bodyLimitMb * 900_000) }] }),
  ),
  malformed('B08', 'malformed JSON', '{"model": "x", '),
  malformed('B09', 'empty JSON body', ' '),
  malformed('B10', 'null', 'null'),
  malformed('B11', 'an array', '[]'),
  malformed('B12', 'a string', '"x"'),
  malformed('B13', 'wrong types', '{"model":{"$ne":1},"max_tokens":"1e9","messages":"x"}'),
  malformed('B14', 'comments and single quotes', "{'model':1}//"),
  malformed('B15', 'NaN and 1e999', '{"model":"x","max_tokens":1e999,"messages":NaN}'),
  survived('B16', '100,000 nested arrays', () => `{"model":"x","messages":${repeat('[', 100_000)}${repeat(']', 100_000)}}`),
  survived('B17', '50,000 nested objects', () => `{"model":"x","a":${repeat('{"a":', 50_000)}1${repeat('}', 50_000)}}`),
  survived('B18', '500,000 elements', () => `{"model":"x","messages":[${repeat('0,', 500_000)}0]}`),
  survived('B19', '200,000 keys', () => `{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(',')}}`),
  survived('B20', 'duplicate keys', () => '{"model":"a","model":"b","max_tokens":1,"messages":[]}'),
  survived('B21', 'invalid UTF-8', () => invalidUtf8),
  survived(
    'B22',
    'lone surrogates and NUL',
    () => '{"model":"x\\ud800\\u0000","max_tokens":1,"messages":[{"role":"user","content":"\\udfff"}]}',
  ),
  survived('B23', 'byte order mark', (target) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(target.goodBody)])),
  survived('B24', 'UTF-16', (target) => Buffer.from(target.goodBody, 'utf16le'), { 'content-type': 'application/json; charset=utf-16le' }),
  {
    id: 'B25',
    name: 'prototype pollution',
    expect: 'no effect on the next answer',
    async run(target) {
      const answers = await inTurn(polluting, (body) => target.post(body));
      const after = [await target.get(target.health), await target.post(target.goodBody)];
      return {
        passed:
          answers.every((answer) => answer.status > 0 && !isServerError(answer)) && after.every((answer) => !answer.text.includes('PWNED')),
        observed: answers.map(({ status }) => status),
      };
    },
  },
  {
    id: 'B26',
    name: 'gzip bomb',
    expect: '415; memory does not grow',
    async run(target) {
      const before = target.use();
      const answer = await target.post(
        gzipSync(Buffer.alloc(64_000_000, 32), { level: 9 }),
        { 'content-encoding': 'gzip' },
        { timeout: 15_000 },
      );
      return { passed: isClientError(answer) && grewLess(before, target.use(), { rssMb: 150 }), observed: observed(answer) };
    },
  },
  refused('B27', 'unknown content encoding', '415', (target) => target.post(target.goodBody, { 'content-encoding': 'zstd-x' })),
  {
    id: 'B28',
    name: 'megabytes of digits and escapes',
    expect: 'answered within 3 s, others not held up for 1 s',
    async run(target) {
      const content = repeat(String.raw`\u0061 `, 400_000);
      const body = `{"model":"${repeat('a', 100_000)}!","max_tokens":${repeat('9', 100_000)},"messages":[{"role":"user","content":"${content}"}],"x":${repeat('1', 2_000_000)}}`;
      const slow = target.post(body, {}, { timeout: 15_000 });
      await sleep(50);
      const health = await target.get(target.health, {}, { timeout: 8_000 });
      const answer = await slow;
      return { passed: answer.took < 3_000 && health.took < 1_000 && !isServerError(answer), observed: observed(answer) };
    },
  },
];
