import { z } from 'zod';
import { byteSize, duration, integer, secret, text } from '../fields.js';
import { lateOr } from '../late.js';
import { notAvailable } from '../not-available.js';
import { rateLimits } from './rate-limits.js';

/** Shortest gateway token: a shorter one cannot be told from ordinary text when logs are redacted. */
const shortestKey = 6;

export const server = lateOr(
  () =>
    z
      .strictObject({
        host: text({ description: 'Address to listen on. Anything but a loopback address needs `authKey`.' }).prefault('127.0.0.1'),
        port: integer(0, 65_535, {
          description: 'Port to listen on; 0 is any free one. Without it: the one used last, else 3456, else a free one.',
        }).optional(),
        authKey: secret({
          description: 'Gateway token. When set, every route but /livez needs it as x-ccproxy-token, Bearer or x-api-key.',
        })
          .refine((key) => key === '' || key.length >= shortestKey, { error: `must have at least ${shortestKey} characters` })
          .prefault(''),
        bodyLimit: byteSize('1kb', '512mb', { description: 'Largest request body that is accepted.' }).prefault('32mb'),
        allowedHosts: z
          .array(hostName())
          .register(z.globalRegistry, {
            description: 'Further names in the Host header that are answered, besides the loopback names and `host`.',
          })
          .prefault([]),
        allowedOrigins: z
          .array(webOrigin())
          .register(z.globalRegistry, { description: 'Web origins whose pages may call the gateway. Empty: none.' })
          .prefault([]),
        headHold: duration('290s', {
          description: 'How long the status line is held back when the upstream is silent; until then a fallback changes it too.',
        }).prefault('60s'),
        drainTimeout: duration('1h', { description: 'How long open streams may go on when the daemon stops.' }).prefault('30s'),
        idleShutdown: duration('7d', {
          description:
            'Time after the last session until a daemon that `ccproxy claude` started stops by itself. It stays while requests are open, for half an hour after a request from outside a session, while a project is allowed, and after `ccproxy start`.',
        }).prefault('60s'),
        limits: rateLimits('What each caller may ask for Messages: each gateway token for itself, all callers without one together.'),
        tls: notAvailable({
          description: 'Certificate and key to serve https with.',
          instead: 'Put a TLS proxy in front, or use loopback.',
        }),
      })
      .register(z.globalRegistry, { description: 'Where the gateway listens and whom it answers.' }),
  {
    host: '127.0.0.1',
    authKey: '',
    bodyLimit: 32 * 1024 * 1024,
    allowedHosts: [],
    allowedOrigins: [],
    headHold: 60_000,
    drainTimeout: 30_000,
    idleShutdown: 60_000,
  },
);

function hostName() {
  return text({ description: 'A host name or address, without scheme.' }, 'a host name or address, without scheme or path').refine(
    (value) => /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/u.test(value),
    { error: 'must be a host name or address, without scheme or path' },
  );
}

function webOrigin() {
  return text({ description: 'A web origin.' }, 'a web origin such as https://app.example.com').refine(
    (value) => URL.canParse(value) && new URL(value).origin === value,
    { error: 'must be a web origin such as https://app.example.com' },
  );
}
