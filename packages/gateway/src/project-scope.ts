import type { ProjectDirectory, ServedProject } from '@ccproxy/projects';
import type { FastifyPluginAsync } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** The project in whose name the request came, below `/p/<id>/`. */
    project?: ServedProject;
  }
}

const prefix = '/p/';

/**
 * The routes of the gateway once more below `/p/<id>/`: the same, for the project of that id. A request with an id that is not known (any
 * more) is refused as CCP_PROJECT_UNKNOWN, 404.
 */
export const projectScope =
  (projects: ProjectDirectory, routes: FastifyPluginAsync): FastifyPluginAsync =>
  // oxlint-disable-next-line require-await -- a Fastify plugin is asynchronous by contract
  async (app) => {
    app.decorateRequest('project');
    app.addHook<{ Params: { projectId?: string } }>('onRequest', async (request) => {
      request.project = await projects.find(request.params.projectId ?? '');
    });
    app.register(routes, { prefix: `${prefix}:projectId` });
  };

/** Path and query as an upstream knows them: without the prefix of the project. */
export const upstreamPath = (url: string, project: ServedProject | undefined): string =>
  project === undefined ? url : url.slice(Math.max(0, url.indexOf('/', prefix.length)));
