import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toldOf } from '../foreign/asked-results.ts';
import { dialectNames } from '../foreign/dialects.ts';
import { foreignKey } from '../foreign/foreign-config.ts';
import { opaque } from '../foreign/said.ts';
import { foundPage } from '../foreign/search-engine.ts';
import { type ForeignWorld, openForeignWorld } from './foreign-world.ts';
import { firstOutput, query, secondOutput, tasks, toolOutput } from './say-to.ts';

let world: ForeignWorld;
beforeAll(async () => {
  world = await openForeignWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.renew());

const options = ['--allowedTools', 'Bash', 'WebSearch', '--output-format', 'json'];
const claude = async (prompt: string, ...args: readonly string[]): Promise<Record<string, unknown>> => {
  const run = await world.side.claude(['-p', prompt, ...args, ...options]);
  expect(run).toMatchObject({ code: 0 });
  return JSON.parse(run.stdout) as Record<string, unknown>;
};

/** As Kimi writes them; the client cannot take them so. */
const ids = ['functions.Bash:0', 'functions.Bash:1'];

// Every stream of the other provider comes byte by byte, with CR LF.
describe('the real client with a model of another provider', () => {
  it.each([
    ['chat', ids],
    ['responses', ids],
    ['gemini', undefined],
    ['ollama', undefined],
  ] as const)(
    '[C12 C13 C23] %s: thinks and runs two tools at once: results go back with the ids and in the order of the calls',
    async (provider, own) => {
      const answer = await claude(tasks.two, '--model', `via-${provider}`);
      expect(answer).toMatchObject({ is_error: false, num_turns: 3, result: `Both: ${firstOutput} ${secondOutput}` });
      const turns = world.model.asked.filter(({ body }) => body.includes('"Bash"'));
      expect(turns).toHaveLength(2);
      const second = turns[1]?.body ?? '{}';
      const { calls, results } = toldOf(provider, second);
      expect(results.map(({ id }) => id)).toEqual(calls.map(({ id }) => id));
      expect(results.map(({ id }) => id)).toEqual(own ?? results.map(({ id }) => id));
      expect(results.map(({ text }) => text)).toEqual([expect.stringContaining(firstOutput), expect.stringContaining(secondOutput)]);
      expect(second.includes(opaque)).toBe(provider === 'responses' || provider === 'gemini');
      for (const { headers, path, body } of world.model.asked) {
        expect(headers).not.toMatch(/dummy-bearer|anthropic|ccp_|claude/i);
        expect(path).not.toContain(foreignKey);
        expect(body).not.toMatch(/x-anthropic-billing-header|cache_control|context_management|"ccp1\./);
      }
    },
  );

  it.each(dialectNames)('[C12 C13] %s: a subagent asks the same model, and its answer comes back to the main loop', async (provider) => {
    const answer = await claude(tasks.agent, '--model', `via-${provider}`);
    expect(answer).toMatchObject({ is_error: false, result: 'Done: ANSWER_OF_THE_SUBAGENT' });
    const last = world.model.asked.findLast(({ body }) => body.includes(tasks.agent));
    expect(toldOf(provider, last?.body ?? '{}').results).toHaveLength(1);
  });

  it.each(dialectNames)('[C12 C13] %s: searches the web, the provider itself or ccproxy for it', async (provider) => {
    const answer = await claude(tasks.search, '--model', `via-${provider}`);
    expect(answer).toMatchObject({ is_error: false, result: `Found: ${foundPage.url}` });
    const [last] = world.model.asked.filter(({ body }) => body.includes(tasks.search)).slice(-1);
    const [told] = toldOf(provider, last?.body ?? '{}').results;
    expect(told?.text).toContain(foundPage.url);
    expect(told?.text).toContain('The page says so.');
    expect(world.engine.queries).toEqual(provider === 'chat' || provider === 'ollama' ? [query] : []);
  });
});

/** Signatures in a body, and what stands for pages of a search. */
const signatures = (body: string): string[] =>
  [...body.matchAll(/"(?:signature|encrypted_content)":"([^"]*)"/g)].map(([, found = '']) => found);
const ownSignature = 'ZmFrZS1zaWduYXR1cmU=';

describe('a conversation that changes the model', () => {
  it.each(['responses', 'gemini'] as const)('[C11 C23] Claude, then %s, then Claude, then back', async (provider) => {
    const foreign = ['--model', `via-${provider}`];
    const own = ['--model', 'claude-sonnet-5-5'];
    await claude('[[think:thought by Claude]][[tool:Bash {"command":"echo of-claude","description":"d"}]]', ...own);
    await claude('print it', '--continue', ...foreign);
    expect(world.transcripts()).toMatch(new RegExp(`"signature":"ccp1\\.${provider}\\.`));
    for (const { body } of world.model.asked) {
      expect(body).not.toContain(ownSignature);
      // In the prompt alone.
      expect(body.split('thought by Claude').length).toBeLessThanOrEqual(2);
    }

    world.anthropic.reset();
    await claude('and now?', '--continue', ...own);
    const bodies = world.anthropic.requests.map(({ rawBody }) => rawBody.toString('utf8')).filter((body) => body.includes(toolOutput));
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) {
      expect(body).not.toMatch(/ccp1\.|I will print it/);
      expect(new Set(signatures(body))).toEqual(new Set([ownSignature]));
    }

    world.model.asked.length = 0;
    await claude('and you?', '--continue', ...foreign);
    const back = world.model.asked.find(({ body }) => body.includes('and you?'));
    expect(back?.body).toContain(opaque);
    expect(back?.body).not.toContain(ownSignature);
  });
});
