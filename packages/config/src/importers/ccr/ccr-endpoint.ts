import { checkAddress } from '../endpoint-address.js';
import { ccrText } from './ccr-text.js';

/** Protocol and address of a provider. */
export type CcrEndpoint =
  | { readonly ok: true; readonly type: string; readonly baseUrl: string; readonly loopback: boolean; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string };

/** What the transformers say about the protocol; everything else speaks chat completions. */
const protocols: Readonly<Record<string, { readonly type: string; readonly ending: RegExp }>> = {
  anthropic: { type: 'anthropic', ending: /\/v1\/messages$/u },
  gemini: { type: 'gemini', ending: /\/models$/u },
  'openai.responses': { type: 'openai-responses', ending: /\/responses$/u },
  'openai-responses': { type: 'openai-responses', ending: /\/responses$/u },
};
const chat = { type: 'openai', ending: /\/chat\/completions$/u };

/** claude-code-router writes the whole address of the call, this program where the API begins. */
export function ccrEndpoint(address: string, transformers: readonly string[]): CcrEndpoint {
  const written = ccrText(address);
  if (written === undefined) return { ok: false, why: 'is no address' };
  const checked = checkAddress(written);
  if (!checked.ok) return { ok: false, why: checked.why };
  const named = transformers.map((name) => protocols[name.toLowerCase()]).find((protocol) => protocol !== undefined);
  if (named === undefined && checked.port === '11434') return ollama(checked.written, checked.loopback);
  const guessed = named ?? Object.values(protocols).find(({ type, ending }) => type !== 'gemini' && ending.test(checked.written));
  const { type, ending } = guessed ?? chat;
  const notes: string[] = [];
  if (named === undefined && guessed !== undefined) notes.push(`the address is one of the protocol \`${type}\`, which is used`);
  const baseUrl = checked.written.replace(ending, '');
  if (baseUrl === checked.written && type === 'openai') notes.push('`/chat/completions` is added to the address');
  if (type.startsWith('openai') && checkedPath(baseUrl) === '/') notes.push('an address without a path gets `/v1`');
  return { ok: true, type, baseUrl, loopback: checked.loopback, notes };
}

function checkedPath(baseUrl: string): string {
  const checked = checkAddress(baseUrl);
  return checked.ok ? checked.path : '';
}

function ollama(written: string, loopback: boolean): CcrEndpoint {
  const baseUrl = written.replace(/\/(?:v1\/chat\/completions|v1|api\/chat|api)$/u, '');
  return {
    ok: true,
    type: 'ollama',
    baseUrl,
    loopback,
    notes: ['an Ollama server is called over its own protocol, so that the window can be chosen'],
  };
}
