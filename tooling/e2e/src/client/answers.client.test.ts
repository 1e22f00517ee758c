import type { LoggedRequest } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientWorld, openClientWorld } from './client-world.ts';
import { expectSame, showRow } from './expect-same.ts';

let world: ClientWorld;
beforeAll(async () => {
  world = await openClientWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const json = ['--output-format', 'json'];
const streamJson = ['--output-format', 'stream-json', '--verbose'];
const bash = (command: string) => ({ name: 'Bash', input: { command, description: 'a test' } });

/** Requests that are sent side by side, told apart by what they hold. */
const bySizeAndText = (request: LoggedRequest): string => `${request.rawBody.length} ${request.rawBody.toString('utf8')}`;

describe('answers', () => {
  it('[A1 B10 C12] one prompt, JSON', async (context) => {
    const seen = await world.compare({ act: (side) => side.claude(['-p', 'hello', ...json]) });
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toContain('"result":"FAKE_OK: hello"');
    expect(seen.through.requests).toHaveLength(1);
  });

  it('[C12] one prompt, every event of the stream', async (context) => {
    const seen = await world.compare({
      act: (side) => side.claude(['-p', '[[long:120]]', ...streamJson, '--include-partial-messages']),
    });
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout.match(/"type":"stream_event"/g)?.length).toBeGreaterThan(50);
  });

  it('[A1] the prompt on stdin, text', async (context) => {
    const seen = await world.compare({ act: (side) => side.claude(['-p'], { input: 'grüße, 你好 🎈\n' }) });
    expectSame(context, seen);
    expect(seen.through.runs[0]?.stdout).toBe('FAKE_OK: grüße, 你好 🎈\n');
  });

  it('[C12] thinking, with its signature', async (context) => {
    const script = [
      { thinking: 'let me see', tool_use: bash('echo seen') },
      { thinking: 'now I know', text: 'Done.' },
    ];
    const seen = await world.compare({ script, act: (side) => side.claude(['-p', 'think', '--allowedTools', 'Bash', ...streamJson]) });
    expectSame(context, seen);
    expect(seen.through.requests[1]?.body).toContain('"signature":"ZmFrZS1zaWduYXR1cmU="');
  });

  it('[C12] a tool loop', async (context) => {
    const script = [
      { text: 'First.', tool_use: bash('echo one') },
      { tool_use: bash('exit 3') },
      { tool_use: { name: 'Write', input: { file_path: 'out.txt', content: 'written by a tool\n' } } },
      { text: 'All done.' },
    ];
    const args = ['-p', 'loop', '--allowedTools', 'Bash', 'Write', '--permission-mode', 'acceptEdits', ...streamJson];
    const seen = await world.compare({ script, act: (side) => side.claude(args) });
    expectSame(context, seen);
    expect(seen.through.requests).toHaveLength(4);
    expect(seen.through.requests[1]?.body).toContain('one');
  });

  it('[C12] several tools in one answer', async (context) => {
    const script = [{ tool_use: [bash('echo left'), bash('sleep 1; echo right')] }, { text: 'Both.' }];
    const seen = await world.compare({ script, act: (side) => side.claude(['-p', 'both', '--allowedTools', 'Bash', ...streamJson]) });
    expectSame(context, seen);
    expect(seen.through.requests).toHaveLength(2);
  });

  it('[C12] a subagent', async (context) => {
    const input = { description: 'look', prompt: 'SUBAGENT_PROMPT please', subagent_type: 'general-purpose' };
    const seen = await world.compare({
      env: { CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1' },
      script: [
        { when: { contains: 'START_MAIN', tool_result: false }, tool_use: { name: 'Agent', input } },
        { repeat: 0, when: { contains: 'START_MAIN' }, text: 'The main loop is done.' },
        { repeat: 0, text: 'SUBAGENT_ANSWER' },
      ],
      order: bySizeAndText,
      act: (side) => side.claude(['-p', 'START_MAIN', ...json]),
    });
    expectSame(context, seen);
    const agents = seen.through.requests.filter(({ headers }) => headers.some((line) => /^x-claude-code-agent-id: /i.test(line)));
    expect(agents.length).toBeGreaterThan(0);
  });

  it('[C11] /context: token counts', async (context) => {
    const seen = await world.compare({ order: bySizeAndText, act: (side) => side.claude(['-p', '/context']) });
    expectSame(context, seen);
    const counts = seen.through.requests.filter(({ request }) => request.startsWith('POST /v1/messages/count_tokens'));
    expect(counts.length).toBeGreaterThan(20);
    expect(counts.every(({ status }) => status === 200)).toBe(true);
  });

  it('[A1] resume a session', async (context) => {
    const id = '11111111-2222-4333-8444-555555555555';
    const seen = await world.compare({
      act: async (side) => [
        await side.claude(['-p', 'first', '--session-id', id, ...json]),
        await side.claude(['-p', 'second', '--resume', id, ...json]),
        await side.claude(['-p', 'third', '--continue', ...json]),
        await side.claude(['-p', 'none', '--resume', '99999999-2222-4333-8444-555555555555', ...json]),
      ],
    });
    expectSame(context, seen);
    expect(seen.through.runs.map(({ code }) => code)).toEqual([0, 0, 0, 1]);
    expect(seen.through.requests[2]?.body).toContain('FAKE_OK: first');
  });

  it('[C12] several turns in one process', async (context) => {
    const turn = (text: string): string =>
      `${JSON.stringify({ type: 'user', message: { role: 'user', content: [{ type: 'text', text }] } })}\n`;
    const seen = await world.compare({
      act: (side) => side.claude(['-p', '--input-format', 'stream-json', ...streamJson], { input: turn('one') + turn('two') }),
    });
    expectSame(context, seen);
    expect(seen.through.requests[1]?.body).toContain('FAKE_OK: one');
  });

  it('[C11 C12] a target of the gateway as the model', async (context) => {
    const seen = await world.compare({ act: (side) => side.claude(['-p', 'hello', '--model', 'claude-via-fast', ...json]) });
    showRow(context, seen, 'the model is replaced');
    const [direct = '', through = ''] = [seen.direct, seen.through].map(({ requests }) => requests[0]?.body);
    expect(direct).toContain('"model":"claude-via-fast"');
    expect(through).toBe(direct.replace('"model":"claude-via-fast"', '"model":"claude-haiku-5-5"'));
    expect(seen.through.runs[0]?.stdout).toContain('"result":"FAKE_OK: hello"');
  });

  for (const model of ['haiku', 'sonnet', 'claude-sonnet-4-5', 'somebody/else']) {
    it(`[C12] the model ${model}`, async (context) => {
      const seen = await world.compare({ act: (side) => side.claude(['-p', 'hello', '--model', model, ...json]) });
      expectSame(context, seen);
      expect(seen.through.requests).toHaveLength(1);
    });
  }
});
