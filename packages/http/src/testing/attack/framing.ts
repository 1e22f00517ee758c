import { type AttackCheck, isClientError, isDropped, isServerError, observed, refused, statuses } from './attack-check.js';
import type { AttackTarget } from './attack-target.js';

type Bytes = (target: AttackTarget) => string | Buffer;

/** Refused, dropped, or answered once and closed: never a second answer, which would be to a smuggled request. */
const framed = (id: string, name: string, bytes: Bytes): AttackCheck => ({
  id,
  name,
  expect: '400, or at most one answer and then closed',
  async run(target) {
    const answer = await target.send([bytes(target)], { timeout: 2_500 });
    const once = answer.statuses.length <= 1;
    const answeredAndClosed = answer.status > 0 && !isServerError(answer) && answer.ended === 'closed';
    return { passed: isDropped(answer) || (once && (isClientError(answer) || answeredAndClosed)), observed: observed(answer) };
  },
});

const post =
  (rest: string | ((smuggled: string) => string)): Bytes =>
  (target) => {
    const smuggled = `GET /smuggled-${target.canary} HTTP/1.1\r\nHost: ${target.authority}\r\nX: `;
    return `${target.postHead}${typeof rest === 'string' ? rest : rest(smuggled)}`;
  };
const get =
  (rest: string): Bytes =>
  (target) =>
    `GET ${target.health} HTTP/1.1\r\nHost: ${target.authority}\r\n${rest}\r\n`;

/** Every byte value in an order that is no protocol. */
const noise = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 167 + (index >> 4) * 31 + 13) & 0xff));

/** Group C: HTTP framing and request smuggling, other protocols on the port. */
export const framing: readonly AttackCheck[] = [
  framed(
    'C01',
    'Content-Length and chunked',
    post((next) => `Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${next}`),
  ),
  framed(
    'C02',
    'two Content-Lengths',
    post((next) => `Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}${next}`),
  ),
  framed('C03', 'Content-Length list', post('Content-Length: 2, 2\r\n\r\n{}')),
  framed('C04', 'Content-Length +2', post('Content-Length: +2\r\n\r\n{}')),
  framed('C05', 'Content-Length 0x2', post('Content-Length: 0x2\r\n\r\n{}')),
  framed('C06', 'Content-Length -1', post('Content-Length: -1\r\n\r\n{}')),
  framed('C07', 'Content-Length overflow', post('Content-Length: 99999999999999999999999\r\n\r\n{}')),
  framed(
    'C08',
    'Transfer-Encoding: xchunked',
    post((next) => `Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n${next}`),
  ),
  framed('C09', 'space before the colon', post('Transfer-Encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n')),
  framed('C10', 'chunked, identity', post('Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n')),
  framed('C11', 'two Transfer-Encodings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n')),
  framed(
    'C12',
    'folded header',
    post((next) => `Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n\r\n{}${next}`),
  ),
  framed('C13', 'bare LF line ends', (target) => `POST ${target.path} HTTP/1.1\nHost: ${target.authority}\nContent-Length: 2\n\n{}`),
  framed('C14', 'bare CR in a value', get('X: a\rX-Inj: 1\r\n')),
  framed('C15', 'NUL in a value', get('X: a\0b\r\n')),
  framed('C16', 'space in a name', get('X Y: 1\r\n')),
  framed('C17', 'first header indented', (target) => `GET ${target.health} HTTP/1.1\r\n X: 1\r\nHost: ${target.authority}\r\n\r\n`),
  framed('C18', 'chunk size overflow', post('Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n')),
  framed('C19', 'chunk size -2', post('Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n')),
  framed('C20', 'chunk size 0x2', post('Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n')),
  framed('C21', '64 KB chunk extension', post(`Transfer-Encoding: chunked\r\n\r\n2;${'a'.repeat(65_536)}\r\n{}\r\n0\r\n\r\n`)),
  framed('C22', 'chunk ended by LF', post('Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n')),
  framed('C23', 'HTTP/0.9', (target) => `GET ${target.health}\r\n\r\n`),
  framed('C24', 'HTTP/2 preface', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0'),
  framed('C25', 'HTTP/9.9', (target) => `GET ${target.health} HTTP/9.9\r\nHost: ${target.authority}\r\n\r\n`),
  framed('C26', 'TLS hello', () => Buffer.from(`16030100a5010000a10303${'ab'.repeat(160)}`, 'hex')),
  framed('C27', '4 KB of noise', () => noise),
  framed('C28', 'lower-case method', (target) => `get ${target.health} HTTP/1.1\r\nHost: ${target.authority}\r\n\r\n`),
  framed(
    'C29',
    'HTTP/1.0 with chunked',
    (target) =>
      `GET ${target.health} HTTP/1.0\r\nHost: ${target.authority}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\nX: `,
  ),
  statuses(
    'C30',
    'trailers that look like headers',
    'not 5xx',
    async (target) => [
      await target.send(
        [
          `${target.postHead}Transfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n2\r\n{}\r\n0\r\nAuthorization: Bearer ${target.canary}\r\nHost: evil.example\r\n\r\n`,
        ],
        { timeout: 2_500 },
      ),
    ],
    (answer) => !isServerError(answer),
  ),
  {
    id: 'C31',
    name: '50 pipelined requests',
    expect: '50 answers, or fewer and closed',
    async run(target) {
      const requests = Buffer.concat(Array.from({ length: 50 }, () => target.request('GET', target.health)));
      const answer = await target.send([requests], { timeout: 2_500, stopAt: 1e9 });
      return { passed: answer.statuses.length === 50 || answer.ended === 'closed', observed: observed(answer) };
    },
  },
  statuses(
    'C32',
    'Expect: 100-continue, then nothing',
    'not 5xx',
    async (target) => [await target.send([`${target.postHead}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`], { timeout: 1_500 })],
    (answer) => !isServerError(answer),
  ),
  refused('C33', 'Expect: nonsense', '417', (target) =>
    target.send([`${target.postHead}Content-Length: 2\r\nExpect: nonsense\r\n\r\n{}`], { timeout: 2_500 }),
  ),
];
