import { isAnthropicAddress } from './is-anthropic-address.js';
import type { ConfigPath } from '../../diagnostic.js';
import { formatMs } from '../../format-ms.js';
import { configText } from '../config-text.js';
import { type Credential, isDummyKey, literalCredential, referenceTo, variableFor } from '../credential.js';
import type { Draft, Section } from '../draft.js';
import { checkAddress } from '../endpoint-address.js';
import { type Entries, integerOf, numberOf, textOf } from '../source-values.js';
import { litellmText, litellmVariable } from './litellm-text.js';
import { findUpstream, providerName, type Upstream } from './upstreams.js';

/** One entry of `model_list`, as far as it says where requests go. */
export interface Deployment {
  readonly key: ConfigPath;
  /** Name the provider gets. */
  readonly prefix: string;
  /** Type, address and time limits: what deployments with different keys may share. */
  readonly base: Section;
  /** `${NAME}`; `client`: the credential of the client; undefined: none. */
  readonly credential: string | undefined;
  readonly weight: number | undefined;
  readonly limits: Section | undefined;
  /** undefined: the model the client asks for. */
  readonly model: string | undefined;
  /** What is different here, by parameter. */
  readonly notes: ReadonlyMap<string, string>;
}

export interface DeploymentContext {
  readonly draft: Draft;
  readonly source: number;
  /** The login of the client is sent to Anthropic where there is no key. */
  readonly clientLogin: boolean;
  /** Time until an answer begins, from the settings of the whole file. */
  readonly timeout: string | undefined;
}

const mostTokens = 100_000_000;

/** Reads `litellm_params`; undefined, and a line that says why, when requests cannot go there. */
export function readDeployment(params: Entries, key: ConfigPath, group: string, context: DeploymentContext): Deployment | undefined {
  const { draft, source } = context;
  const refuse = (part: string, note: string): undefined => {
    draft.refused([...key, part], note, source);
    return undefined;
  };
  const written = textOf(params['model']);
  if (written === undefined) return refuse('model', 'names no model');
  const found = findUpstream(written, textOf(params['custom_llm_provider']));
  const { upstream } = found;
  if (upstream === undefined) return refuse('model', 'is at a provider that is not available here');
  // A pattern keeps the model of the client; LiteLLM fills both sides alike.
  const kept = found.model === '*' || (found.model.includes('*') && found.model === group);
  const model = kept ? undefined : configText(found.model);
  if (!kept && (model === undefined || model.includes('*'))) return refuse('model', 'is no name of a model');
  const address = addressOf(params, upstream);
  if ('why' in address) return refuse(address.part, `its address ${address.why}`);
  const notes = new Map<string, string>(address.note === undefined ? [] : [[address.part, address.note]]);
  const timeout = timeoutOf(params['timeout'] ?? params['stream_timeout']) ?? context.timeout;
  const base: Section = {
    type: upstream.type,
    ...(address.written === defaultAddresses[upstream.type] ? {} : { baseUrl: address.written }),
    ...(timeout === undefined ? {} : { timeouts: { firstByte: timeout } }),
  };
  return {
    key,
    prefix: providerName(found.prefix),
    base,
    credential: credentialOf(params, { notes, upstream, prefix: found.prefix, address }, context),
    weight: integerOf(params['weight'], 1, 1000),
    limits: limitsOf(params),
    model,
    notes,
  };
}

/** Addresses the configuration need not say. */
const defaultAddresses: Readonly<Partial<Record<Upstream['type'], string>>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com/v1',
  'openai-responses': 'https://api.openai.com/v1',
  gemini: 'https://generativelanguage.googleapis.com',
};

interface FoundAddress {
  readonly part: string;
  readonly written: string;
  readonly loopback: boolean;
  readonly note?: string;
}

/** LiteLLM writes its bases in several ways; ours ends where the API begins. */
const endings: Readonly<Record<Upstream['type'], RegExp>> = {
  anthropic: /\/v1(?:\/messages)?$/u,
  openai: /\/chat\/completions$/u,
  'openai-responses': /\/responses$/u,
  gemini: /\/models(?:\/.*)?$/u,
  ollama: /\/(?:v1|api)(?:\/chat)?$/u,
};

function addressOf(params: Entries, upstream: Upstream): FoundAddress | { readonly why: string; readonly part: string } {
  const part = textOf(params['api_base']) === undefined && textOf(params['base_url']) !== undefined ? 'base_url' : 'api_base';
  const given = textOf(params[part]);
  if (given === undefined) {
    if (upstream.baseUrl !== undefined) return { part, written: upstream.baseUrl, loopback: upstream.type === 'ollama' };
    return { why: 'is missing', part: 'model' };
  }
  const written = litellmText(given);
  if (written === undefined) return { why: 'is none', part };
  const checked = checkAddress(written);
  if (!checked.ok) return { why: checked.why, part };
  const address = { part, written: checked.written.replace(endings[upstream.type], ''), loopback: checked.loopback };
  if (upstream.type.startsWith('openai') && checked.path === '/') return { ...address, note: 'an address without a path gets `/v1`' };
  return address;
}

/** Seconds there. */
export function timeoutOf(value: unknown): string | undefined {
  const seconds = numberOf(value);
  return seconds === undefined || seconds < 0.001 ? undefined : formatMs(Math.trunc(Math.min(seconds, 3600) * 1000));
}

function limitsOf(params: Entries): Section | undefined {
  const requests = integerOf(params['rpm'], 1, 1_000_000_000);
  const tokens = integerOf(params['tpm'], 1, 1_000_000_000);
  const concurrency = integerOf(params['max_parallel_requests'], 1, 1_000_000);
  if (requests === undefined && tokens === undefined && concurrency === undefined) return undefined;
  return {
    ...(requests === undefined ? {} : { requestsPerMinute: requests }),
    ...(tokens === undefined ? {} : { tokensPerMinute: tokens }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

/** Most tokens a target takes and gives, from the parameters and what the file says of the model. */
export function targetLimits(params: Entries, info: Entries): Section | undefined {
  const context = integerOf(info['max_input_tokens'], 1, mostTokens);
  const output = integerOf(params['max_tokens'] ?? info['max_output_tokens'], 1, mostTokens);
  if (context === undefined && output === undefined) return undefined;
  return { ...(context === undefined ? {} : { context }), ...(output === undefined ? {} : { output }) };
}

interface CredentialPlace {
  readonly notes: Map<string, string>;
  readonly upstream: Upstream;
  readonly prefix: string;
  readonly address: FoundAddress;
}

function credentialOf(params: Entries, place: CredentialPlace, { draft, clientLogin }: DeploymentContext): string | undefined {
  const { upstream, address, notes } = place;
  const written = textOf(params['api_key']);
  const anthropic = upstream.type === 'anthropic' && isAnthropicAddress(address.written);
  if (anthropic && (clientLogin || /^sk-ant-oat/iu.test(written ?? ''))) {
    if (written !== undefined) notes.set('api_key', 'the login of the client is sent instead: logins of people are not stored');
    return 'client';
  }
  if (written === undefined) return impliedCredential(place, draft);
  const variable = litellmVariable(written);
  const reference = variable === undefined ? undefined : referenceTo(variable);
  if (reference === undefined && address.loopback && (upstream.type === 'ollama' || isDummyKey(written))) {
    notes.set('api_key', 'a server on this machine needs no key, and there is none');
    return undefined;
  }
  const credential: Credential = reference ?? literalCredential(draft, variableFor(place.prefix), written);
  if (credential.note !== undefined) notes.set('api_key', credential.note);
  return credential.written;
}

/** LiteLLM takes the maker's key from the environment, and sends it to any address; here it goes to the maker's own. */
function impliedCredential({ notes, upstream, prefix, address }: CredentialPlace, draft: Draft): string | undefined {
  const { keyVariable, baseUrl } = upstream;
  if (keyVariable === undefined || (address.loopback && upstream.type !== 'anthropic')) return undefined;
  if (baseUrl !== undefined && sameHost(address.written, baseUrl)) return referenceTo(keyVariable)?.written;
  const { written } = literalCredential(draft, variableFor(prefix, 'GATEWAY_KEY'), address.written);
  notes.set(address.part, `LiteLLM would send ${keyVariable} to that host; set ${written.slice(2, -1)} to the key it is meant to get`);
  return written;
}

const sameHost = (left: string, right: string): boolean => URL.canParse(left) && new URL(left).host === new URL(right).host;
