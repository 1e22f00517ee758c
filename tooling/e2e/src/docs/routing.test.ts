import { ccproxyBin, createTempHome, runBin, type TempHome } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fencedBlocks, type Page, readPages } from './pages.ts';

/** The configuration below each heading of the cookbook. */
function recipes(page: Page): ReadonlyMap<string, string> {
  const cookbook = page.text.slice(page.text.indexOf('\n## Cookbook'), page.text.indexOf('\n## Conditions'));
  const sections = cookbook.split('\n### ').slice(1);
  return new Map(
    sections.map((text) => {
      const [block] = fencedBlocks({ path: page.path, text }).filter(({ language }) => language === 'yaml');
      return [text.slice(0, text.indexOf('\n')), block?.text ?? ''] as const;
    }),
  );
}

interface Asked {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly project?: string;
}

const tools = [{ name: 'Bash', input_schema: {} }];
const kind = (value: string): Asked => ({ headers: { 'x-claude-code-request-class': value } });
const agent = (value: string): Asked => ({ headers: { 'x-claude-code-request-class': 'subagent', 'x-claude-code-agent-type': value } });
const words = (count: number) => [{ role: 'user', content: 'word '.repeat(count) }];
const picture = [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }] }];
const search = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
const main: Asked = {};

/** What a reader expects of each recipe: a request, and where it goes first. */
const expected: Readonly<Record<string, readonly (readonly [what: string, asked: Asked, way: string])[]>> = {
  'Small work on a local model': [
    ['a title', { body: { tools: [], output_config: { format: { type: 'json_schema' } } } }, 'background local default'],
    ['a turn', main, 'default default'],
  ],
  'A bigger window for long conversations': [
    ['200,000 words', { body: { messages: words(200_000) } }, 'long-context long default'],
    ['a turn', main, 'default default'],
  ],
  'A model for each kind of agent': [
    ['a plan', agent('Plan'), 'plan strong'],
    ['an exploration', agent('Explore'), 'explore quick default'],
    ['another agent', agent('custom'), 'other-agents quick default'],
    ['a turn', main, 'default default'],
  ],
  'Pictures to a model that sees': [
    ['a picture', { body: { messages: picture } }, 'pictures eyes'],
    ['a turn', main, 'default default'],
  ],
  'Web search stays with Anthropic': [
    ['a search', { body: search }, 'web-search claude'],
    ['a turn', main, 'default default'],
  ],
  'What must not leave this machine': [
    ['a project of a client', { project: '/home/ann/clients/acme' }, 'private private'],
    ['a confidential prompt', { body: { system: 'This is CONFIDENTIAL.' } }, 'private private'],
    ['a tool', { body: { tools: [{ name: 'mcp__vault__read' }] } }, 'private private'],
    ['a turn', main, 'default default'],
  ],
  'A budget of thought': [
    ['30,000 tokens', { ...kind('main'), body: { thinking: { type: 'enabled', budget_tokens: 30_000 } } }, 'deep strong default'],
    ['10,000 tokens', { ...kind('main'), body: { thinking: { type: 'enabled', budget_tokens: 10_000 } } }, 'default default'],
    ['as it likes', { body: { thinking: { type: 'adaptive' } } }, 'default default'],
  ],
  'Teams by a header': [
    ['the team', { headers: { 'x-team': 'search' } }, 'search-team search'],
    ['another', { headers: { 'x-team': 'ads' } }, 'default default'],
  ],
  'A guard in front of names': [
    ['a name', { body: { model: 'local' } }, 'selector local'],
    ['a name that does not fit', { body: { model: 'local', messages: words(160_000) } }, 'too-long long'],
    ['small work', kind('auxiliary'), 'background local'],
  ],
  'A module decides': [['a turn: modules are asked by the daemon', main, 'default default']],
  "claude-code-router's scenarios": [
    ['a picture', { body: { messages: picture } }, 'ccr-image vision'],
    ['provider,model', { body: { model: 'openrouter,a/b' } }, 'ccr-explicit openrouter,a/b'],
    ['60,000 tokens', { body: { messages: words(60_000) } }, 'ccr-long-context long'],
    ['haiku', { body: { model: 'claude-haiku-5-5' } }, 'ccr-background local'],
    ['a search', { body: search }, 'ccr-web-search searcher'],
    ['thinking', { body: { thinking: { type: 'adaptive' } } }, 'ccr-think thinker'],
    ['a turn', main, 'default default'],
  ],
  'Rules of ccproxy for Python': [
    ['much text', { body: { messages: words(70_000) } }, 'py-token-count token_count'],
    ['haiku', { body: { model: 'claude-haiku-5-5' } }, 'py-match-model background'],
    ['thinking', { body: { thinking: { type: 'disabled' } } }, 'py-thinking think'],
    ['WebSearch is declared', { body: { tools: [{ name: 'WebSearch' }] } }, 'py-match-tool web_search'],
    ['a turn', main, 'default default'],
  ],
};

const [page] = readPages(['docs/guide/routing.md']);
const all = page === undefined ? new Map<string, string>() : recipes(page);
const cases = Object.entries(expected).flatMap(([name, requests]) => requests.map(([what, asked, way]) => ({ name, what, asked, way })));

let home: TempHome;
beforeAll(() => {
  home = createTempHome();
  home.write('route.mjs', 'export default () => false;\n');
});
afterAll(() => home.remove());

/** Keys are needed for a provider to count as one that can be called; nobody is called. */
const keys = { OPENROUTER_API_KEY: 'k', GEMINI_API_KEY: 'k', OPENAI_API_KEY: 'k', SEARCH_TEAM_KEY: 'k' };

/** The route and targets of a request in a file, as the command says. */
async function decide(configuration: string, { body = {}, headers = {}, project }: Asked): Promise<string> {
  const config = home.write('recipe.yaml', configuration);
  const request = { model: 'claude-opus-5-5', max_tokens: 100, tools, messages: words(1), ...body };
  const file = home.write('request.json', JSON.stringify({ headers, body: request }));
  const argv = ['route', 'explain', file, '--config', config, '--json', ...(project === undefined ? [] : ['--project', project])];
  const { code, stdout, stderr } = await runBin(ccproxyBin, argv, { env: home.env(keys) });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { decision } = JSON.parse(stdout) as { decision: { route: string; attempts: { target: string }[] } };
  return [decision.route, ...decision.attempts.map(({ target }) => target)].join(' ');
}

describe('the cookbook of routing', () => {
  it('[C1] has ten configurations and more; each is tried here but the one that goes by the clock', () => {
    expect(all.size).toBeGreaterThan(10);
    expect([...all.keys()].filter((name) => !(name in expected))).toEqual(['Cheaper at night']);
    expect(Object.keys(expected).filter((name) => !all.has(name))).toEqual([]);
  });

  it.each(cases)('[C1][C15] $name: $what', async ({ name, asked, way }) => {
    expect(await decide(all.get(name) ?? '', asked)).toBe(way);
  });

  it('[C1] the rules of the night fire at some hour of each day', async () => {
    const always = (all.get('Cheaper at night') ?? '').replace('from: "22:00", to: "06:00"', 'from: "06:00", to: "06:00"');
    expect(await decide(always, main)).toBe('night cheap default');
    const never = always
      .replace('from: "06:00", to: "06:00", zone: Europe/Berlin', `days: [${otherDay()}]`)
      .replace('[sat, sun]', `[${otherDay()}]`);
    expect(await decide(never, main)).toBe('default default');
  });
});

/** A day that is neither today nor yesterday nor tomorrow, wherever the machine stands. */
function otherDay(): string {
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  return days[(new Date().getDay() + 3) % 7] ?? 'mon';
}
