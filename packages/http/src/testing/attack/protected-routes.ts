import { type AttackCheck, inTurn, statuses } from './attack-check.js';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const forged = [
  `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ sub: 'admin', exp: 9e9 })}.`,
  `${encode({ alg: 'HS256' })}.${encode({ sub: 'admin' })}.`,
  'null',
  'undefined',
  '',
  "' OR 1=1 --",
  '../../etc/passwd',
];

const isRefusal = ({ status }: { readonly status: number }): boolean => status === 401 || status === 403;
const number = (index: number): string => String(index).padStart(2, '0');

/** Group F: each protected route without credentials, and with forged ones. */
export const protectedRoutes = (paths: readonly string[]): readonly AttackCheck[] =>
  paths.flatMap((path, index) => [
    statuses(
      `F${number(index + 1)}`,
      `${path} without credentials`,
      '401 or 403',
      async (target) => [await target.get(path, {}, { authenticated: false })],
      isRefusal,
    ),
    statuses(
      `F${number(index + 50)}`,
      `${path} with forged credentials`,
      '401 or 403',
      async (target) => [
        ...(await inTurn(forged, (token) => target.get(path, { authorization: `Bearer ${token}` }, { authenticated: false }))),
        await target.get(`${path}?token=admin&access_token[]=a&access_token[]=b`, {}, { authenticated: false }),
      ],
      isRefusal,
    ),
  ]);
