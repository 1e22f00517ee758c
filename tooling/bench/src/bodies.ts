import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bodies of Messages requests as the workloads send them. */
export interface Bodies {
  readonly small: Buffer;
  readonly smallStream: Buffer;
  /** 250 KB, streamed: one turn of a coding agent. */
  readonly turn: Buffer;
  /** 1.5 MB, not streamed. */
  readonly big: Buffer;
}

const model = 'claude-sonnet-4-5';
const toolNames = 'Bash Edit Glob Grep LS MultiEdit NotebookEdit Read Task TodoWrite WebFetch WebSearch Write BashOutput KillBash'.split(
  ' ',
);

export function createBodies(): Bodies {
  const texts = corpus();
  return {
    small: encode(smallRequest(false)),
    smallStream: encode(smallRequest(true)),
    turn: encode(agentTurn(texts, 250_000, true)),
    big: encode(agentTurn(texts, 1_500_000, false)),
  };
}

const encode = (body: object): Buffer => Buffer.from(JSON.stringify(body));

function smallRequest(stream: boolean): object {
  return { model, max_tokens: 1024, stream, messages: [{ role: 'user', content: 'Say ok.' }] };
}

/** A conversation of tool calls and file contents, grown to about `bytes`. */
function agentTurn(texts: readonly string[], bytes: number, stream: boolean): object {
  const cached = { cache_control: { type: 'ephemeral' } };
  const text = (index: number): string => texts[index % texts.length] ?? '';
  const messages: object[] = [{ role: 'user', content: [{ type: 'text', text: 'Refactor the request handling and run the tests.' }] }];
  const body = {
    model,
    max_tokens: 32_000,
    stream,
    metadata: { user_id: 'user_bench_account__session_0' },
    system: [{ type: 'text', text: text(0).slice(0, 14_000), ...cached }],
    tools: toolNames.map((name, index) => ({
      name,
      description: text(index).slice(0, 1900),
      input_schema: { type: 'object', required: ['file_path'], properties: { file_path: { type: 'string' }, limit: { type: 'number' } } },
    })),
    messages,
  };
  let size = JSON.stringify(body).length;
  for (let n = 0; size < bytes; n++) {
    const id = `toolu_${String(n).padStart(20, '0')}`;
    const content = text(n).slice(0, Math.min(9000, Math.max(64, bytes - size - 500)));
    const turn = [
      {
        role: 'assistant',
        content: [
          { type: 'text', text: `Let me look at file ${n} and see how it is handled there.` },
          { type: 'tool_use', id, name: toolNames[n % 8], input: { file_path: `/repo/src/file${n}.ts`, limit: 200 } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: content }] }] },
    ];
    messages.push(...turn);
    size += JSON.stringify(turn).length;
  }
  return body;
}

/** Source text with the escapes and long lines of real files: that of Fastify, the same for everybody by its pin. */
function corpus(): string[] {
  const library = join(dirname(fileURLToPath(import.meta.resolve('fastify'))), 'lib');
  return readdirSync(library)
    .filter((name) => name.endsWith('.js'))
    .toSorted()
    .map((name) => readFileSync(join(library, name), 'utf8'));
}
