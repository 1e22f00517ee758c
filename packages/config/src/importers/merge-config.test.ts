import { describe, expect, it } from 'vitest';
import { initConfigText } from '../init-config.js';
import { ccrExample, litellmExample } from './testing/examples.js';
import { importText, loadImported, noteOf, reportLines } from './testing/import-text.js';

const simple = JSON.stringify({
  PORT: 4000,
  LOG_LEVEL: 'debug',
  Providers: [
    {
      name: 'p',
      api_base_url: 'https://api.example.com/v1/chat/completions',
      api_key: '$P_KEY',
      transformer: { use: [['maxtoken', { max_tokens: 9 }]] },
    },
  ],
  Router: { default: 'p,m', think: 'p,t' },
  fallback: { think: ['p,m'] },
});
const into = (existing: string) => importText('ccr', simple, { existing });
/** A line without what it says of the default, which is the file's own the second time. */
const placed = (line: string): string => line.replace(/^\w+ /u, '');
const comments = (text: string): string[] => text.split('\n').flatMap((line) => /#\s*(.*\S)/u.exec(line)?.[1] ?? []);

describe('importing into an existing configuration', () => {
  it('[C16] keeps every comment of the starter, in their order, and its keys', async () => {
    const { text } = importText('ccr', ccrExample, { existing: initConfigText() });
    expect(comments(text)).toEqual(comments(initConfigText()));
    const { models, providers } = await loadImported(importText('ccr', ccrExample, { existing: initConfigText() }));
    expect(Object.keys(providers).slice(0, 2)).toEqual(['anthropic', 'demo']);
    expect(models['default']).toMatchObject({ provider: 'or', model: 'a/b' });
  });

  it('[C16] what is there stays: names get a number, settings are left alone, rules come after', async () => {
    const existing = `# mine
server: { port: 5000 } # the port
logging: { level: debug }
providers:
  p: { type: demo }
  other: { type: demo }
models:
  think: { provider: p } # thinks
  default: { provider: other }
capabilities: { "p-2/*": { output: 1 } }
routes:
  - { name: think, when: { stream: true }, to: think }
`;
    const imported = into(existing);
    const { server, models, routes, capabilities } = await loadImported(imported);
    expect(imported.text.startsWith('# mine\n')).toBe(true);
    expect(comments(imported.text)).toEqual(['mine', 'the port', 'thinks']);
    expect(server.port).toBe(5000);
    expect(Object.keys(models)).toEqual(['think', 'default', 'imported-default', 'think-2', 'p-m']);
    expect(models['think-2']).toMatchObject({ provider: 'p-2', model: 't' });
    expect(routes.map(({ name }) => name)).toEqual(['think', 'explicit', 'subagent', 'think-2']);
    expect(routes[3]).toMatchObject({ to: 'think-2', fallback: ['p-m'] });
    expect(capabilities).toEqual([{ pattern: 'p-2/*', can: { output: 1 } }]);
    expect(reportLines(imported)).toEqual(
      expect.arrayContaining([
        'approximated PORT -> server.port',
        'mapped LOG_LEVEL -> logging.level',
        'approximated Providers[0].name -> providers.p-2',
        'approximated Providers[0].transformer.use[0] -> capabilities.p-2/*.output',
        'approximated Router.default -> models.imported-default',
        'mapped Router.think -> routes[3]',
      ]),
    );
    expect(noteOf(imported, 'PORT')).toContain('stays');
    expect(noteOf(imported, 'Router.default')).toContain('has its own default');
    expect(imported.report.variables).toEqual([{ name: 'P_KEY', usedBy: ['providers.p-2.apiKey'], wasLiteral: false }]);
  });

  it('[C16] a second import changes nothing', () => {
    for (const [tool, example] of [
      ['ccr', ccrExample],
      ['litellm', litellmExample],
    ] as const) {
      for (const existing of ['', initConfigText(), 'routes: []\n']) {
        const once = importText(tool, example, { existing });
        const twice = importText(tool, example, { existing: once.text });
        expect(twice.text).toBe(once.text);
        expect(reportLines(twice).map(placed)).toEqual(reportLines(once).map(placed));
      }
    }
  });

  it('[C16] sections that were not written keep what they stood for', async () => {
    const { models, providers } = await loadImported(into('# only the server\nserver: { port: 1 }\n'));
    expect(Object.keys(providers)).toEqual(['anthropic', 'demo', 'p']);
    expect(models['demo']).toMatchObject({ provider: 'demo' });
    expect(models['default']).toMatchObject({ provider: 'p' });
  });

  it.each([
    ['ccproxy: {}\n', 'CCP_CONFIG_FOREIGN'],
    ['model_list: []\n', 'CCP_CONFIG_FOREIGN'],
    ['a: [\n', 'CCP_CONFIG_SYNTAX'],
    ['- a\n', 'CCP_CONFIG_INVALID'],
  ])('[C16] does not add to %j', (existing, code) => {
    expect(() => into(existing)).toThrow(expect.objectContaining({ code }));
  });
});
