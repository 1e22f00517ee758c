import { behaviours, messageDocument, messageFrames } from '@ccproxy/providers/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
afterEach(() => bed.close());

describe('ledger, access log, metrics', () => {
  it('[C17] opens the row before the provider is contacted and closes it before the last byte goes out', async () => {
    const fake = await bed.upstream();
    const { ask, ledger } = await bed.passthrough(fake);
    const wait = Promise.withResolvers<void>();
    const order: string[] = [];
    ledger.intercept = (kind, written) => {
      order.push(`${kind} begun, ${fake.seen.length} upstream`);
      if (kind === 'close') void wait.promise.then(() => setTimeout(() => (order.push('close written'), written()), 30));
      else setTimeout(written, 30);
    };
    const pending = ask().then((answer) => {
      order.push('answer complete');
      return answer;
    });
    await expect.poll(() => order.length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    wait.resolve();
    expect((await pending).text).toBe(messageFrames().join(''));
    expect(order).toEqual(['open begun, 0 upstream', 'close begun, 1 upstream', 'close written', 'answer complete']);
  });

  it('[C17] records usage, outcome and sizes of a stream and of a document', async () => {
    const { ask, ledger, lines } = await bed.passthrough(await bed.upstream());
    const headers = { 'x-claude-code-session-id': '0b9a3f0e-0000-4000-8000-000000000000', 'x-claude-code-request-class': 'main' };
    await ask({ headers });
    await ask({ body: messageBody({ stream: false }) });
    await expect.poll(() => lines.length).toBe(2);
    const usage = { inputTokens: 25, outputTokens: 15, cacheReadTokens: 7, cacheCreationTokens: 3 };
    const common = {
      outcome: 'ok',
      httpStatus: 200,
      target: 'default',
      provider: 'anthropic',
      model: 'claude-x',
      principal: 'anonymous',
      attempt: 1,
    };
    expect(ledger.rows).toMatchObject([
      { ...common, usage, stream: true, stopReason: 'end_turn', sessionId: headers['x-claude-code-session-id'], requestClass: 'main' },
      { ...common, usage, stream: false, bytesOut: Buffer.byteLength(messageDocument()) },
    ]);
    expect(lines).toMatchObject([
      {
        status: 200,
        outcome: 'ok',
        route: 'default',
        attempts: 1,
        tokensIn: 25,
        tokensOut: 15,
        bytesOut: Buffer.byteLength(messageFrames().join('')),
      },
      { status: 200, outcome: 'ok', stream: false },
    ]);
  });

  it('counts requests, attempts and tokens', async () => {
    const { ask, metricsText, lines } = await bed.passthrough(await bed.upstream());
    await ask();
    await expect.poll(() => lines.length).toBe(1);
    const text = await metricsText();
    expect(text).toContain('ccproxy_gateway_requests_total{target="default",outcome="ok"} 1');
    expect(text).toContain('ccproxy_gateway_attempts_total{provider="anthropic",outcome="ok"} 1');
    expect(text).toContain('ccproxy_gateway_tokens_total{target="default",kind="output"} 15');
  });

  it('[C8] learns from observed usage', async () => {
    const fake = await bed.upstream();
    const { ask, ledger } = await bed.passthrough(fake);
    const body = messageBody({ messages: [{ role: 'user', content: 'x'.repeat(4000) }], stream: false });
    const big = messageDocument().replace('"input_tokens":25', '"input_tokens":2090');
    fake.behaviour = ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).end(big);
    await ask({ body });
    await expect.poll(() => ledger.totals().open).toBe(0);
    await ask({ body });
    const [first, second] = ledger.rows.map((row) => row.estimatedTokens);
    expect(second).toBeGreaterThan((first ?? 0) * 1.5);
  });

  it('[F1] row 65: usage that cannot be is unknown, and nothing breaks', async () => {
    const fake = await bed.upstream();
    const { ask, ledger } = await bed.passthrough(fake);
    for (const name of ['negative-usage', 'no-usage', 'giant-usage'] as const) {
      fake.behaviour = behaviours[name];
      expect((await ask({ body: messageBody({ stream: false }) })).status).toBe(200);
    }
    expect(ledger.rows.map((row) => row.usage?.outputTokens)).toEqual([undefined, undefined, undefined]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('[C15] tells recent rows and decisions over IPC, with the explanation and without the prompt', async () => {
    const { ask, module, lines } = await bed.passthrough(await bed.upstream());
    await ask({ body: messageBody({ messages: [{ role: 'user', content: 'a private prompt' }] }) });
    await expect.poll(() => lines.length).toBe(1);
    const call = (name: string) => {
      const binding = module.ipcMethods?.find((each) => each.kind === 'method' && each.method.name === name);
      return binding?.kind === 'method'
        ? binding.handle({ limit: 10 }, { connectionId: '1', client: 't', pid: 1, onClose() {}, keep() {} })
        : undefined;
    };
    expect(await call('ledger.recent')).toMatchObject({ rows: [{ target: 'default', outcome: 'ok' }] });
    const decisions = await call('decisions.recent');
    expect(decisions).toMatchObject({
      decisions: [{ route: 'default', attempts: ['default'], outcome: 'ok', facts: { model: 'claude-x' } }],
    });
    expect(JSON.stringify(decisions)).toContain('no rule fired');
    expect(JSON.stringify(decisions)).not.toContain('private prompt');
  });

  it('[C10] tells its health', async () => {
    const fake = await bed.upstream();
    const { module } = await bed.gateway({
      providers: [providerConfig('anthropic', fake.url), providerConfig('paid', fake.url, { unavailable: 'PAID_KEY is not set' })],
      models: [target('default', 'anthropic')],
    });
    expect(module.health?.()).toMatchObject({
      active: 0,
      providers: [
        { name: 'anthropic', available: true, reason: null },
        { name: 'paid', available: false, reason: 'PAID_KEY is not set' },
      ],
      targets: [{ name: 'default', provider: 'anthropic', model: null }],
    });
  });
});
