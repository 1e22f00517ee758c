import { type AdapterUse, optionSecrets, type ProviderConfig } from '@ccproxy/config';
import type { Clock, Logger } from '@ccproxy/kernel';
import { commandEnvironment } from '../credentials/command-environment.js';
import type { CredentialSource } from '../credentials/credential-source.js';
import type { Egress } from '../egress.js';
import { EstimatedCount } from '../estimated-count.js';
import type { Availability, Provider, ProviderCall, ProviderRequest, ProviderSink } from '../provider.js';
import { requestHeaders } from '../request-headers.js';
import { stripForeignThinking } from '../strip-foreign-thinking.js';
import { AdapterCall, type AdapterCallContext } from './adapter-call.js';
import { AdapterHost } from './adapter-host.js';
import { startAdapterThread, type StartAdapter } from './adapter-link.js';
import { findModule } from './find-module.js';

export interface AdapterProviderDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly egress: Egress;
  readonly source: CredentialSource;
  /** Starts the adapter; in a thread when absent. */
  readonly startAdapter?: StartAdapter | undefined;
  readonly platform?: NodeJS.Platform;
}

const stripped: readonly string[] = ['thinking of another model'];
const whole: readonly string[] = [];

/** A provider that a module of the user's calls. The client's credential does not reach it, and it cannot harm the daemon. */
export class AdapterProvider implements Provider {
  readonly name: string;
  readonly type = 'adapter';
  readonly protocol = 'anthropic';
  readonly origin = undefined;
  /** It spends a credential of the user's configuration. */
  readonly openToAnonymous = false;
  readonly #host: AdapterHost;
  readonly #context: AdapterCallContext;

  /** Starts the adapter at once, so that its state is known before the first request. */
  constructor(config: ProviderConfig, use: AdapterUse, deps: AdapterProviderDeps) {
    const { clock, logger, egress, source, startAdapter = startAdapterThread, platform = process.platform } = deps;
    const { name, timeouts } = config;
    this.name = name;
    this.#host = new AdapterHost({
      provider: name,
      find: () => findModule(use.module, use.from),
      data: { name, options: use.options, egress: { proxy: egress.proxy, ca: egress.ca }, timeouts },
      env: commandEnvironment(egress.env, use.passEnv, platform),
      start: startAdapter,
      clock,
      logger,
      learn: (value) => source.learn?.(value),
    });
    const secrets = (): readonly string[] => [...source.secrets(), ...optionSecrets(use.options)];
    this.#context = { provider: name, host: this.#host, clock, timeouts, secrets };
    this.#host.begin();
  }

  availability(): Availability {
    const { reason } = this.#host;
    return reason === undefined ? { available: true } : { available: false, reason };
  }

  call(request: ProviderRequest, sink: ProviderSink): ProviderCall {
    const { method, path, stream, notes } = request;
    const body = request.body === undefined ? undefined : stripForeignThinking(request.body, this.#host.signsThinking);
    const headers = fieldsOf(requestHeaders(request.rawClientHeaders ?? request.clientHeaders, { kind: 'none' }));
    const counts = notes !== undefined && path.split('?', 1)[0] === '/v1/messages/count_tokens';
    const asked = { method, path, headers, body: body?.body, stream, inputTokens: notes?.inputTokens };
    const to = counts ? new EstimatedCount(sink, notes.inputTokens) : sink;
    return new AdapterCall(this.#context, asked, body !== undefined && body.stripped > 0 ? stripped : whole, to);
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}

/** One value for each name, in lower case. */
function fieldsOf(flat: readonly string[]): Record<string, string> {
  const fields = new Map<string, string>();
  for (let index = 0; index < flat.length; index += 2) {
    const name = (flat[index] ?? '').toLowerCase();
    const before = fields.get(name);
    fields.set(name, before === undefined ? (flat[index + 1] ?? '') : `${before}, ${flat[index + 1] ?? ''}`);
  }
  return Object.fromEntries(fields);
}
