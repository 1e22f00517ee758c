import type { ConfigPath } from '../../diagnostic.js';
import type { Deployment, DeploymentContext } from './deployment.js';
import type { Group } from './model-groups.js';

/** A group that was imported. */
export interface ImportedGroup {
  readonly group: Group;
  /** undefined: it needs none. */
  readonly target: string | undefined;
  readonly provider: string;
  /** Its entries that can be called; the others have their line. */
  readonly deployments: readonly Deployment[];
  /** Targets that stand in for it. */
  readonly spares: number;
  /** Keys of its provider. */
  readonly keys: number;
}

/** What became of a key, and where it is; undefined: nothing. */
type Outcome = readonly ['mapped', ConfigPath?] | readonly ['approximated', ConfigPath | undefined, string] | undefined;

/** Says what became of the keys of a group that was imported. */
export function reportGroup(context: DeploymentContext, imported: ImportedGroup): void {
  new GroupReport(context, imported).run();
}

class GroupReport {
  readonly #context: DeploymentContext;
  readonly #imported: ImportedGroup;
  /** Where the target stands, or the provider when there is none. */
  readonly #place: ConfigPath;

  constructor(context: DeploymentContext, imported: ImportedGroup) {
    this.#context = context;
    this.#imported = imported;
    this.#place = imported.target === undefined ? ['providers', imported.provider] : ['models', imported.target];
  }

  run(): void {
    const { group, deployments } = this.#imported;
    for (const { key, params, info } of group.members) {
      if (group.from !== group) this.#reportAlias(key);
      else {
        const deployment = deployments.find(({ key: [, index] }) => index === key[1]);
        if (deployment !== undefined) this.#reportMember(key, { params, info }, deployment);
        else this.#tell([...key, 'model_name'], undefined, 'could not be imported; the other entries of the name were');
      }
    }
  }

  #reportAlias(key: ConfigPath): void {
    this.#tell([...key, 'model_name'], ['mapped', this.#place]);
    this.#tell(
      [...key, 'litellm_params'],
      ['approximated', this.#place, 'its model is the name of another entry, and leads where that does; nothing else of it counts'],
    );
  }

  #reportMember(key: ConfigPath, { params, info }: Pick<Group['members'][0], 'params' | 'info'>, { notes }: Deployment): void {
    this.#tell([...key, 'model_name'], this.#name());
    for (const part of Object.keys(params)) {
      const [outcome, note] = [this.#param(part), notes.get(part)];
      this.#tell(
        [...key, 'litellm_params', part],
        note === undefined ? outcome : ['approximated', outcome?.[1], note],
        'is not sent or used here',
      );
    }
    for (const part of Object.keys(info)) {
      const limit = part === 'max_input_tokens' || part === 'max_output_tokens' ? this.#limit() : undefined;
      this.#tell([...key, 'model_info', part], limit, 'is not needed, or belongs into `capabilities`');
    }
  }

  #name(): Outcome {
    const { spares } = this.#imported;
    if (spares === 0) return ['mapped', this.#place];
    return [
      'approximated',
      this.#place,
      'LiteLLM spreads requests over the entries of a name; here the first is asked, and the others stand in',
    ];
  }

  #param(part: string): Outcome {
    const { provider, keys } = this.#imported;
    const of = (...rest: string[]): ConfigPath => ['providers', provider, ...rest];
    switch (part) {
      case 'model':
        return ['mapped', this.#place];
      case 'custom_llm_provider':
        return ['mapped', of()];
      case 'api_base':
      case 'base_url':
        return ['mapped', of()];
      case 'api_key':
        return ['mapped', of(keys > 1 ? 'apiKeys' : 'apiKey')];
      case 'rpm':
      case 'tpm':
      case 'max_parallel_requests':
        return ['mapped', of(keys > 1 ? 'apiKeys' : 'limits')];
      case 'weight':
        return keys > 1 ? ['mapped', of('apiKeys')] : undefined;
      case 'timeout':
      case 'stream_timeout':
        return ['approximated', of('timeouts'), 'is the time until the first byte of an answer, at most an hour'];
      case 'max_tokens':
        return this.#limit();
      default:
        return undefined;
    }
  }

  /** The bytes of an Anthropic request are not changed. */
  #limit(): Outcome {
    const { target, deployments } = this.#imported;
    if (target === undefined || deployments[0]?.base['type'] === 'anthropic') return undefined;
    return ['approximated', ['models', target, 'limits'], 'a request that asks for more tokens, or has more, is lowered or refused'];
  }

  #tell(key: ConfigPath, outcome: Outcome, otherwise = ''): void {
    const { draft, source } = this.#context;
    if (draft.told(key, source)) return;
    if (outcome === undefined) draft.refused(key, otherwise, source);
    else if (outcome[0] === 'mapped') draft.mapped(key, outcome[1], undefined, source);
    else draft.approximated(key, outcome[1], outcome[2], source);
  }
}
