import type { Draft, Section } from '../draft.js';
import type { Deployment } from './deployment.js';

/** Providers of the new file, one for each address with its keys: deployments share them. */
export class DeploymentProviders {
  readonly #draft: Draft;
  readonly #names = new Map<string, string>();

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  /** Name of the provider that calls these; all have the same address. */
  nameOf(deployments: readonly [Deployment, ...Deployment[]]): string {
    const [first] = deployments;
    const section: Section = { ...first.base, ...credentials(deployments) };
    const id = JSON.stringify(section);
    const name = this.#names.get(id) ?? this.#draft.addProvider(first.prefix, section);
    this.#names.set(id, name);
    return name;
  }
}

function credentials(deployments: readonly [Deployment, ...Deployment[]]): Section {
  const [first] = deployments;
  const keys = new Map(deployments.map((each) => [each.credential, each]));
  if (keys.size < 2 || keys.has(undefined) || keys.has('client')) return { ...credential(first), ...limits(first) };
  const weighted = deployments.some(({ weight }) => weight !== undefined);
  return {
    apiKeys: [...keys.values()].map((each) => ({
      key: each.credential,
      ...(each.weight === undefined ? {} : { weight: each.weight }),
      ...limits(each),
    })),
    ...(weighted ? { keyStrategy: 'weighted' } : {}),
  };
}

const credential = ({ credential: written }: Deployment): Section =>
  written === undefined ? {} : written === 'client' ? { auth: 'client' } : { apiKey: written };

const limits = ({ limits: of }: Deployment): Section => (of === undefined ? {} : { limits: of });
