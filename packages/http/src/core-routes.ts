import type { Metrics } from '@ccproxy/telemetry';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { healthReport, type HealthSource, healthSummary } from './health-report.js';

const methods: ('GET' | 'HEAD')[] = ['GET', 'HEAD'];
const fresh = (reply: FastifyReply): FastifyReply => reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');

/** The routes of the server itself: liveness, readiness, health, metrics. */
export const coreRoutes =
  (source: HealthSource, metrics: Metrics): FastifyPluginAsync =>
  // eslint-disable-next-line require-await -- a Fastify plugin is asynchronous by contract
  async (app) => {
    app.route({
      method: methods,
      url: '/livez',
      config: { access: 'open', always: true },
      handler: (_request, reply) => fresh(reply).send({ status: 'alive' }),
    });
    app.route({
      method: methods,
      url: '/readyz',
      config: { always: true },
      handler: (_request, reply) => {
        const ready = !source.isDraining();
        return fresh(reply)
          .code(ready ? 200 : 503)
          .send({ status: ready ? 'ready' : 'draining' });
      },
    });
    app.route({
      method: methods,
      url: '/health',
      config: { always: true },
      handler: (request, reply) => fresh(reply).send(request.principal.kind === 'anonymous' ? healthSummary(source) : healthReport(source)),
    });
    app.route({
      method: methods,
      url: '/metrics',
      config: { access: 'token', always: true },
      handler: async (_request, reply) =>
        fresh(reply)
          .type('text/plain; version=0.0.4; charset=utf-8')
          .send(await metrics.text()),
    });
  };
