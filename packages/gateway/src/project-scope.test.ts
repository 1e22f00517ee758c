import type { ProjectConfig, Rule } from '@ccproxy/config';
import { type ProjectDirectory, projectErrors, type ServedProject } from '@ccproxy/projects';
import { afterEach, describe, expect, it } from 'vitest';
import { upstreamPath } from './project-scope.js';
import { type Gateway, messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

const id = 'abcdefabcdefabcdefab';
const rule = (
  name: string,
  when: Rule extends infer Each ? (Each extends { readonly when: infer When } ? When : never) : never,
  to: string,
) => ({
  name,
  when,
  to,
  fallback: [],
});

/** A directory with one project, whose stored copy a test may exchange. */
function directory(config: Partial<ProjectConfig>): ProjectDirectory & { serve(next: Partial<ProjectConfig> | undefined): void } {
  let served: ServedProject | undefined;
  const serve = (next: Partial<ProjectConfig> | undefined): void => {
    const limits = { context: undefined, output: undefined };
    served = next === undefined ? undefined : { id, path: '/home/me/app', config: { profile: undefined, routes: [], limits, ...next } };
  };
  serve(config);
  return {
    serve,
    find: async (asked) => {
      if (served === undefined || asked !== id) throw projectErrors.CCP_PROJECT_UNKNOWN({ message: 'There is no project of that id.' });
      return served;
    },
  };
}

/** Two upstreams, a profile `work` that leads to the second, and a project. */
async function world(config: Partial<ProjectConfig>, server: { authKey?: string } = {}) {
  const [first, second] = [await bed.upstream(), await bed.upstream()];
  const projects = directory(config);
  const gateway: Gateway = await bed.gateway({
    providers: [providerConfig('first', first.url), providerConfig('second', second.url)],
    models: [target('default', 'first'), target('other', 'second', { model: 'claude-other' })],
    profiles: { work: { name: 'work', default: 'other', routes: [] } },
    server,
    deps: { projects },
  });
  return { ...gateway, projects, first, second };
}

describe('/p/<id>/', () => {
  it('[D4] serves the four routes for the project, and the upstream sees none of the prefix', async () => {
    const { ask, first } = await world({});
    const message = await ask({ path: `/p/${id}/v1/messages?beta=true` });
    expect(message.status).toBe(200);
    expect((await ask({ path: `/p/${id}/v1/messages/count_tokens?beta=true`, body: messageBody({ stream: false }) })).status).toBe(200);
    expect((await ask({ path: `/p/${id}/v1/models?limit=1000`, method: 'GET' })).json()).toMatchObject({
      data: [{ id: 'claude-via-other' }],
    });
    expect((await ask({ path: `/p/${id}/api/hello`, method: 'HEAD' })).status).toBe(200);
    expect(first.seen.map(({ path }) => path)).toEqual(['/v1/messages?beta=true', '/v1/messages/count_tokens?beta=true']);
  });

  it('[D4] routes by the rules of the project, then by its profile', async () => {
    const { ask, projects, first, second } = await world({ profile: 'work' });
    expect((await ask({ path: `/p/${id}/v1/messages` })).headers['x-ccproxy-target']).toBe('other');
    expect((await ask({})).headers['x-ccproxy-target']).toBe('default');
    projects.serve({ profile: 'work', routes: [rule('mine', { model: ['claude-x'] }, 'default')] });
    const answer = await ask({ path: `/p/${id}/v1/messages` });
    expect([answer.headers['x-ccproxy-route'], answer.headers['x-ccproxy-target']]).toEqual(['mine', 'default']);
    projects.serve({ routes: [rule('theirs', { stream: true }, 'other')] });
    expect((await ask({ path: `/p/${id}/v1/messages` })).headers['x-ccproxy-route']).toBe('theirs');
    expect((await ask({})).headers['x-ccproxy-route']).toBe('default');
    expect([first.seen.length, second.seen.length]).toEqual([3, 2]);
  });

  it('[D4] refuses an id that is not known (any more) with a coded 404, before any upstream', async () => {
    const { ask, projects, first } = await world({});
    for (const path of [`/p/${'0'.repeat(20)}/v1/messages`, '/p/x/v1/models', '/p/%2e%2e/v1/messages', `/p/${id}x/v1/messages`]) {
      const answer = await ask({ path, ...(path.endsWith('models') ? { method: 'GET' } : {}) });
      expect([answer.status, answer.headers['x-ccproxy-error'], answer.headers['x-should-retry']]).toEqual([
        404,
        'CCP_PROJECT_UNKNOWN',
        'false',
      ]);
      expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    }
    projects.serve(undefined);
    expect((await ask({ path: `/p/${id}/v1/messages` })).status).toBe(404);
    expect(first.seen).toHaveLength(0);
  });

  it('[D4] asks for the token before it looks for the project', async () => {
    const { ask, token, first } = await world({}, { authKey: 'a-server-key-of-some-length' });
    expect((await ask({ path: '/p/unknown/v1/messages' })).status).toBe(401);
    expect((await ask({ path: `/p/${id}/v1/messages` })).status).toBe(401);
    expect((await ask({ path: `/p/${id}/v1/messages`, headers: { 'x-ccproxy-token': token } })).status).toBe(200);
    expect(first.seen).toHaveLength(1);
    expect(JSON.stringify(first.seen[0])).not.toContain(token);
  });

  it('[D4] holds the limits of the project, and only of it', async () => {
    const { ask, projects } = await world({ limits: { context: undefined, output: 100 } });
    const body = messageBody({ max_tokens: 101 });
    const refused = await ask({ path: `/p/${id}/v1/messages`, body });
    expect([refused.status, refused.headers['x-ccproxy-error'], refused.headers['x-should-retry']]).toEqual([
      400,
      'CCP_PROJECT_LIMIT',
      'false',
    ]);
    expect(refused.text).toContain('CLAUDE_CODE_MAX_OUTPUT_TOKENS=100');
    expect((await ask({ body })).status).toBe(200);
    expect((await ask({ path: `/p/${id}/v1/messages`, body: messageBody({ max_tokens: 100 }) })).status).toBe(200);
    projects.serve({ limits: { context: 50, output: undefined } });
    const long = messageBody({ messages: [{ role: 'user', content: 'word '.repeat(500) }] });
    expect((await ask({ path: `/p/${id}/v1/messages`, body: long })).headers['x-ccproxy-error']).toBe('CCP_PROJECT_LIMIT');
    expect((await ask({ path: `/p/${id}/v1/messages` })).status).toBe(200);
  });
});

describe('upstreamPath', () => {
  it('[D4] takes exactly the prefix away', () => {
    const project = { id, path: '/', config: { profile: undefined, routes: [], limits: { context: undefined, output: undefined } } };
    expect(upstreamPath(`/p/${id}/v1/messages?a=/p/b`, project)).toBe('/v1/messages?a=/p/b');
    expect(upstreamPath('/v1/messages', undefined)).toBe('/v1/messages');
  });
});
