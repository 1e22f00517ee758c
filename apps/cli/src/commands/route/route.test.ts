import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectDaemon, createDaemonClient } from '@ccproxy/client/connect';
import { runCommand } from '../../testing/run-command.js';
import { TestHome } from '../../testing/test-home.js';
import Start from '../start.js';
import RouteExplain from './explain.js';
import RouteList from './list.js';
import RouteTokens from './tokens.js';

let home: TestHome;
beforeEach(() => {
  home = new TestHome();
});
afterEach(() => home.end());

const base = `providers: { demo: { type: demo } }
models:
  default: { provider: demo, model: demo }
  small: { provider: demo, model: demo-small, fallback: default }
`;
const configuration = `${base}routes:
  - { name: background, when: { class: auxiliary }, to: small }
  - { name: long, when: { any: [ { tokens: { over: 100000 } }, { thinking: { budgetOver: 20000 } } ] }, to: small, fallback: default }
  - { name: evening, when: { time: { from: "18:00" } }, to: small, reason: cheaper then }
profiles: { work: { default: small, routes: [ { preset: ccr-long-context, to: default } ] } }
`;
/** Without the rule that fires by the clock. */
const atAnyHour = configuration.replace(/^.*name: evening.*\n/m, '');
const request = (fields: object = {}) =>
  JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }], ...fields });

describe('ccproxy route list', () => {
  it('[C15] shows the rules in order, what they ask in words, and where nothing fires', async () => {
    const file = home.write('c.yaml', configuration);
    const run = await runCommand(RouteList, ['--config', file], home.env);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    expect(
      run.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.trim().replaceAll(/ {2,}/g, ' | ')),
    ).toEqual([
      `rules of ${file}; the first that fires decides`,
      'selector | what it names | a target or provider named in the model',
      'background | small | moves request | class auxiliary',
      'long | small, then default | moves request | tokens over 100,000 or thinking budgetOver 20,000',
      'evening | small | moves turn | time 18:00-24:00',
      'default | default | when no rule fires',
      'profile work',
      'selector | what it names | a target or provider named in the model',
      'ccr-long-context | default | moves request | preset ccr-long-context, threshold 60000',
      'default | small | when no rule fires',
    ]);
    const { lists } = (await runCommand(RouteList, ['--config', file, '--json'], home.env)).json() as { lists: { rules: object[] }[] };
    expect(lists[0]?.rules[2]).toEqual({
      name: 'long',
      when: 'tokens over 100,000 or thinking budgetOver 20,000',
      to: 'small',
      fallback: ['default'],
      moves: 'request',
    });
  });
});

describe('ccproxy route explain FILE', () => {
  it('[C15] decides a request without a daemon, and says why', async () => {
    const config = home.write('c.yaml', configuration);
    const file = home.write('r.json', request({ thinking: { type: 'enabled', budget_tokens: 30_000 } }));
    const run = await runCommand(RouteExplain, [file, '--config', config], home.env);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain('route   long');
    expect(run.stdout).toContain('target  small (demo-small), then default (demo)');
    expect(run.stdout).toMatch(/-\s+background\s+the request class is main \(told from the request\), not auxiliary/);
    expect(run.stdout).toMatch(/fired\s+long\s+it asks for thinking as "enabled" with a budget of 30,000/);
    const headed = await runCommand(
      RouteExplain,
      [file, '--config', config, '--header', 'X-Claude-Code-Request-Class: auxiliary', '--json'],
      home.env,
    );
    expect(headed.json()).toMatchObject({ decision: { route: 'background' }, facts: { class: 'auxiliary' } });
  });

  it('[C15] takes a file of headers and body, and asks no module', async () => {
    home.write('m.mjs', 'export default () => true;');
    const routes =
      'plugins: { routing: { mine: { module: ./m.mjs } } }\nroutes:\n  - { name: mine, when: { custom: mine }, to: small }\n  - { name: team, when: { header: { x-team: "a*" } }, to: small }\n';
    const config = home.write('c.yaml', `${base}${routes}`);
    const file = home.write('r.json', JSON.stringify({ headers: { 'X-Team': 'alpha' }, body: JSON.parse(request()) as object }));
    const run = await runCommand(RouteExplain, [file, '--config', config], home.env);
    expect(run.stdout).toContain('route   team');
    expect(run.stdout).toContain('the module mine failed: modules are asked by the daemon only');
  });

  it('[C15] refuses what is no request, and more than one way to name one', async () => {
    const config = home.write('c.yaml', configuration);
    const cases: [string[], string][] = [
      [[home.write('a.json', '{')], 'is not JSON'],
      [[home.write('b.json', '{"model":"m"}')], 'messages: field required'],
      [[`${home.root}/nowhere.json`], 'nowhere.json'],
      [[], 'Give either a file, or --last, or --request'],
      [['--last', '1', '--request', 'x'], 'Give either a file'],
      [[home.write('c.json', request()), '--header', 'nothing'], "write it as 'name: value'"],
    ];
    for (const [argv, message] of cases) {
      const run = await runCommand(RouteExplain, [...argv, '--config', config], home.env);
      expect([argv, run.exitCode, run.stderr]).toEqual([argv, expect.any(Number), expect.stringContaining(message)]);
      expect(run.exitCode).not.toBe(0);
    }
  });
});

describe('ccproxy route explain, of a running daemon', () => {
  /** Sends requests to the daemon of the home; their ids. */
  async function send(bodies: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<string[]> {
    const connection = await connectDaemon({ paths: home.paths, client: 'test', version: '0' });
    const session = await createDaemonClient(connection).openSession({ client: 'test', pid: process.pid });
    const ids: string[] = [];
    for (const body of bodies) {
      const answer = await fetch(`${session.url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-ccproxy-token': session.token, ...headers },
        body,
      });
      await answer.text();
      ids.push(answer.headers.get('x-ccproxy-request-id') ?? '');
    }
    await connection.close();
    return ids;
  }

  it('[C15] shows what was decided, of one request or of the last ones', async () => {
    await runCommand(Start, ['--config', home.write('c.yaml', atAnyHour)], home.env);
    const [first, second] = await send([request(), request({ thinking: { type: 'enabled', budget_tokens: 30_000 } })]);
    const last = await runCommand(RouteExplain, ['--last', '2'], home.env);
    expect(last.stdout.indexOf(second ?? '-')).toBeLessThan(last.stdout.indexOf(first ?? '-'));
    expect(last.stdout).toMatch(/route\s+long\ntarget\s+small, ok/);
    expect(last.stdout).toMatch(/fired\s+long\s+it asks for thinking/);
    const one = await runCommand(RouteExplain, ['--request', first ?? '', '--json'], home.env);
    expect(one.json()).toMatchObject({ decisions: [{ requestId: first, target: 'default', usage: { outputTokens: expect.any(Number) } }] });
    const none = await runCommand(RouteExplain, ['--request', 'req_nobody'], home.env);
    expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining('no decision about req_nobody')]);
  });

  it('[C15] tries another configuration on what was decided, and says what would move', async () => {
    await runCommand(Start, ['--config', home.write('c.yaml', base)], home.env);
    const turn = (index: number): string =>
      request({ messages: Array.from({ length: index }, () => ({ role: 'user', content: 'x'.repeat(4000) })) });
    await send([turn(1), turn(3), turn(5), turn(7)], { 'x-claude-code-session-id': 'a-session' });
    const other = home.write(
      'other.yaml',
      `${base}routes:\n  - { name: big, when: { tokens: { over: 4000 } }, to: small }\n  - { name: secret, when: { system: "*secret*" }, to: small }\n`,
    );
    const run = await runCommand(RouteExplain, ['--last', '100', '--config', other], home.env);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain('2 of 4 requests would go elsewhere.');
    expect(run.stdout).toMatch(/big\s+default -> small\s+2 requests/);
    expect(run.stdout).toContain('2 requests cannot be told: the log does not hold what secret asks');
    const json = await runCommand(RouteExplain, ['--last', '100', '--config', other, '--json'], home.env);
    expect(json.json()).toMatchObject({ replay: { requests: 4, undecided: { secret: 2 } } });
  });

  it('[C8] says how far estimates were from what was counted', async () => {
    const config = home.write('c.yaml', atAnyHour);
    expect((await runCommand(RouteTokens, [], home.env)).exitCode).not.toBe(0);
    await runCommand(Start, ['--config', config], home.env);
    const none = await runCommand(RouteTokens, ['--config', config], home.env);
    expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining('The daemon has decided nothing yet.')]);
    await send([request(), request({ messages: [{ role: 'user', content: 'word '.repeat(2000) }] })]);
    const run = await runCommand(RouteTokens, ['--config', config], home.env);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toMatch(/^2 of the last 2 requests/);
    expect(run.stdout).toMatch(/estimated by\s+requests\s+median\s+90 % within\s+worst\s+wrong side\n\s+demo\s+bytes, calibrated\s+2\s/);
    expect(run.stdout).toContain('wrong side: of a threshold of the rules (100,000)');
    const json = await runCommand(RouteTokens, ['--last', '1', '--config', home.write('d.yaml', base), '--json'], home.env);
    expect(json.json()).toMatchObject({
      decisions: 1,
      compared: 1,
      thresholds: [],
      estimates: [{ model: 'demo', by: 'bytes', wrongSide: 0 }],
    });
    expect((await runCommand(RouteExplain, ['--last', '1'], home.env)).stdout).toMatch(/tokens\s+[\d,]+ estimated, [\d,]+ by the provider/);
  });

  it('[C15] says that nothing was decided, and that no daemon runs', async () => {
    expect((await runCommand(RouteExplain, ['--last', '1'], home.env)).exitCode).toBe(3);
    await runCommand(Start, ['--config', home.write('c.yaml', base)], home.env);
    expect((await runCommand(RouteExplain, ['--last', '1'], home.env)).stdout).toContain('has decided nothing yet');
  });
});
