import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeAnthropic } from '@ccproxy-internal/test-kit';
import { expect, it } from 'vitest';
import { createInstallation, passthroughConfig } from '../daemon/installation.ts';

interface Estimates {
  readonly decisions: number;
  readonly compared: number;
  readonly leftOut: { readonly uncounted: number; readonly serverTools: number };
  readonly thresholds: readonly number[];
  readonly estimates: readonly {
    readonly model: string;
    readonly by: string;
    readonly requests: number;
    readonly median: number;
    readonly ninetieth: number;
    readonly worst: number;
    readonly wrongSide: number;
  }[];
}

interface Decision {
  readonly model?: string;
  readonly facts: { readonly model: string; readonly tokens: { readonly estimate: number; readonly by: string } };
  readonly usage: { readonly inputTokens: number; readonly cacheReadTokens?: number; readonly cacheCreationTokens?: number };
}

const config = (upstream: string): Readonly<Record<string, unknown>> =>
  passthroughConfig(upstream, {
    models: { default: { provider: 'anthropic' }, long: { provider: 'anthropic', model: 'claude-long' } },
    routes: [{ name: 'long', when: { tokens: { over: 20_000 } }, to: 'long' }],
  });

it('[C8] ccproxy route tokens says how far estimates were from what the provider counted', async () => {
  const usage = { input_tokens: 1000, cache_read_input_tokens: 20_000, cache_creation_input_tokens: 4000 };
  await using upstream = await startFakeAnthropic({
    script: [{ text: 'more than it seems', when: { contains: 'dense' }, repeat: 0, usage }],
  });
  await using installation = await createInstallation(config(upstream.url));
  const { url } = await installation.start();
  const words = 'canary words of a prompt '.repeat(200);
  const say = async (messages: readonly object[], session?: string, rest: object = {}): Promise<void> => {
    const answer = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(session === undefined ? {} : { 'x-claude-code-session-id': session }) },
      body: JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 64, stream: true, messages, ...rest }),
    });
    expect(answer.status).toBe(200);
    await answer.text();
  };
  const turns = [{ role: 'user', content: words }];
  for (let turn = 0; turn < 3; turn += 1) {
    await say(turns, 'one-session');
    turns.push({ role: 'assistant', content: 'Yes.' }, { role: 'user', content: `${turn} ${words}` });
  }
  // 12,000 tokens by its size, and 25,000 by what the provider counts: it was not sent to `long`, and should have been.
  await say([{ role: 'user', content: `dense ${words.repeat(9)}` }]);
  await say([{ role: 'user', content: words.repeat(30) }]);
  await say(turns, 'another', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] });

  const ran = await installation.ccproxy(['route', 'tokens', '--json']);
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(ran.stdout) as Estimates;
  expect(report).toMatchObject({ decisions: 6, compared: 5, leftOut: { uncounted: 0, serverTools: 1 }, thresholds: [20_000] });
  expect(report.estimates.map(({ model, by, requests, wrongSide }) => [model, by, requests, wrongSide])).toEqual([
    ['claude-opus-5-5', 'turn', 2, 0],
    ['claude-opus-5-5', 'bytes', 2, 1],
    ['claude-long', 'bytes', 1, 0],
  ]);

  // What is recorded of each request, which the figures follow from.
  const explained = await installation.ccproxy(['route', 'explain', '--last', '6', '--json']);
  const { decisions } = JSON.parse(explained.stdout) as { decisions: Decision[] };
  expect(explained.stdout).not.toContain('canary');
  for (const kind of report.estimates) {
    const errors = decisions
      .slice(1)
      .filter(({ model, facts }) => (model ?? facts.model) === kind.model && facts.tokens.by === kind.by)
      .map(({ facts, usage: { inputTokens, cacheReadTokens = 0, cacheCreationTokens = 0 } }) => {
        const counted = inputTokens + cacheReadTokens + cacheCreationTokens;
        return (facts.tokens.estimate - counted) / counted;
      });
    expect(errors).toHaveLength(kind.requests);
    expect(kind.worst).toBeCloseTo(Math.max(...errors.map(Math.abs)));
    expect(kind.ninetieth).toBe(kind.worst);
    expect(kind.median).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / errors.length);
  }
  const [turn, bytes] = report.estimates;
  expect([(turn?.worst ?? 1) < 0.1, (bytes?.worst ?? 0) > 0.4, (bytes?.worst ?? 1) < 0.6]).toEqual([true, true, true]);

  const { stdout } = await installation.ccproxy(['route', 'tokens', '--last', '5']);
  expect(stdout.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, ' | '))).toEqual([
    '4 of the last 5 requests: the estimate against what the provider counted',
    'model | estimated by | requests | median | 90 % within | worst | wrong side',
    expect.stringMatching(/^claude-opus-5-5 \| turn before \+ added \| 2 \| [+-]?\d+\.\d % \| \d+\.\d % \| \d+\.\d % \| 0$/),
    expect.stringMatching(/^claude-opus-5-5 \| bytes, calibrated \| 1 \| -5\d\.\d % \| 5\d\.\d % \| 5\d\.\d % \| 1$/),
    expect.stringMatching(/^claude-long \| bytes, calibrated \| 1 \| /),
    'wrong side: of a threshold of the rules (20,000)',
    'left out: 1 with tools the provider runs, which add to its count',
    '',
  ]);
});

it('[C8] ccproxy route tokens has a code where there is nothing to compare, and stands in help and completion', async () => {
  await using upstream = await startFakeAnthropic();
  await using installation = await createInstallation(config(upstream.url));
  expect((await installation.ccproxy(['route', 'tokens'])).code).toBe(3);
  await installation.start();
  const { code, stdout } = await installation.ccproxy(['route', 'tokens', '--json']);
  expect({ code, json: JSON.parse(stdout) }).toMatchObject({ code: 1, json: { error: { code: 'CCP_ESTIMATES_UNKNOWN' } } });
  expect((await installation.ccproxy(['route', '--help'])).stdout).toMatch(/route tokens\s+Say how far estimates/);
  expect((await installation.ccproxy(['route', 'tokens', '--last', '0'])).code).toBe(2);
  await installation.ccproxy(['shell-integration', 'bash', '--install']);
  const completion = readFileSync(join(installation.paths.shellDir, 'completion.bash'), 'utf8');
  expect(completion).toMatch(/explain\W+list\W+tokens/);
});
