import { configText } from '../config-text.js';
import type { Section } from '../draft.js';
import { DeploymentProviders } from './deployment-provider.js';
import { type Deployment, type DeploymentContext, readDeployment, targetLimits } from './deployment.js';
import { type Group, groupsOf } from './model-groups.js';
import { type ImportedGroup, reportGroup } from './report-group.js';
import type { Entries } from '../source-values.js';

/** Names of LiteLLM's models, and the targets they became. */
export interface ImportedModels {
  readonly targets: ReadonlyMap<string, string>;
  /** For names a client cannot select as a target, for their characters or because they are patterns. The caller knows their place. */
  readonly rules: readonly { readonly name: string; readonly model: string; readonly rule: Section }[];
}

type Bucket = readonly [Deployment, ...Deployment[]];

/**
 * Imports `model_list`: a target for each name.
 * @param aliases whether the model of an entry may be the name of another entry, as in ccproxy for Python
 */
export function importModelList(root: Entries, context: DeploymentContext, aliases: boolean): ImportedModels {
  return new ModelListImport(context, groupsOf(root, context, aliases)).run();
}

class ModelListImport {
  readonly #context: DeploymentContext;
  readonly #groups: readonly Group[];
  readonly #providers: DeploymentProviders;
  readonly #read = new Map<Group, readonly Deployment[]>();

  constructor(context: DeploymentContext, groups: readonly Group[]) {
    this.#context = context;
    this.#groups = groups;
    this.#providers = new DeploymentProviders(context.draft);
  }

  run(): ImportedModels {
    const targets = new Map<string, string>();
    const rules: { name: string; model: string; rule: Section }[] = [];
    for (const group of this.#groups) {
      const target = this.#import(group);
      if (target === undefined) continue;
      targets.set(group.name, target);
      const { name: model } = group;
      if (target !== model && model !== '*') rules.push({ name: target, model, rule: { when: { model: configText(model) }, to: target } });
    }
    return { targets, rules };
  }

  #import(group: Group): string | undefined {
    const [first, ...others] = buckets(this.#deployments(group.from).filter((each) => fits(group.name, each)));
    if (first === undefined) return this.#refuse(group, 'leads to nothing that could be imported');
    const [left, right] = group.name.split('/');
    if (right === '*') return this.#importPrefix(group, first, left ?? '');
    const spares = others.map((bucket) => this.#context.draft.addTarget(`${group.name}-spare`, this.#target(bucket, group.from)));
    const target = this.#context.draft.addTarget(group.name === '*' ? 'any' : group.name, {
      ...this.#target(first, group.from),
      ...(spares.length === 0 ? {} : { fallback: spares }),
    });
    this.#report({ group, target, provider: this.#providers.nameOf(first), spares: spares.length, keys: first.length });
    return target;
  }

  /** `openai/*`: `provider/model` in a request does that here, if the provider has that name. */
  #importPrefix(group: Group, first: Bucket, left: string): undefined {
    const provider = this.#providers.nameOf(first);
    if (provider !== left) return this.#refuse(group, `is a pattern that is not possible here; ask for \`${provider}/model\``);
    this.#report({ group, target: undefined, provider, spares: 0, keys: first.length });
    return undefined;
  }

  #report(imported: Omit<ImportedGroup, 'deployments'>): void {
    reportGroup(this.#context, { ...imported, deployments: this.#deployments(imported.group.from) });
  }

  #refuse(group: Group, note: string): undefined {
    const { draft, source } = this.#context;
    for (const { key } of group.members) draft.refused([...key, 'model_name'], note, source);
    return undefined;
  }

  /** Read once: what is to be said about an entry is said once. */
  #deployments(group: Group): readonly Deployment[] {
    const known = this.#read.get(group);
    if (known !== undefined) return known;
    const read = group.members.flatMap(
      ({ key, params }) => readDeployment(params, [...key, 'litellm_params'], group.name, this.#context) ?? [],
    );
    this.#read.set(group, read);
    return read;
  }

  #target(bucket: Bucket, { members: [{ params, info }] }: Group): Section {
    const [{ model, base }] = bucket;
    // The bytes of an Anthropic request go out unchanged, whatever its target says.
    const limits = base['type'] === 'anthropic' ? undefined : targetLimits(params, info);
    return {
      provider: this.#providers.nameOf(bucket),
      ...(model === undefined ? {} : { model }),
      ...(limits === undefined ? {} : { limits }),
    };
  }
}

/** A pattern of names leads somewhere only if the provider knows the client's own model. */
const fits = (name: string, { model }: Deployment): boolean =>
  name.includes('*') ? name === '*' || model === undefined : model !== undefined;

/** Deployments that differ only in their keys become one provider with several. */
function buckets(deployments: readonly Deployment[]): Bucket[] {
  const grouped = Map.groupBy(deployments, ({ base, model, credential }) =>
    JSON.stringify([base, model, credential === undefined || credential === 'client' ? credential : 'key']),
  );
  return [...grouped.values()].flatMap(([first, ...rest]): Bucket[] => (first === undefined ? [] : [[first, ...rest]]));
}
