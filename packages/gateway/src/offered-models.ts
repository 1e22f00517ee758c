import type { Principal } from '@ccproxy/http';
import { CcproxyError, createDeadline } from '@ccproxy/kernel';
import { askProvider, type HeaderFields, type Provider } from '@ccproxy/providers';
import { isJsonObject, stringMember } from '@ccproxy/wire';
import type { GatewayContext } from './gateway-context.js';
import type { ListedModel, ModelList } from './list-models.js';

/** How long all providers together have, ms. */
const PATIENCE = 10_000;

/** What the providers themselves offer. */
export interface OfferedModels {
  readonly list: ModelList;
  /** Providers that gave no list. */
  readonly silent: readonly string[];
}

async function modelsOf(provider: Provider, clientHeaders: HeaderFields, signal: AbortSignal): Promise<readonly ListedModel[] | undefined> {
  try {
    const request = { method: 'GET', path: '/v1/models?limit=1000', clientHeaders, body: undefined, stream: false };
    const { status, body } = await askProvider(provider, request, signal);
    const data = body?.['data'];
    if (status !== 200 || !Array.isArray(data)) return undefined;
    return data.filter(isJsonObject).flatMap((entry) => {
      const id = stringMember(entry, 'id');
      if (id === undefined) return [];
      const name = stringMember(entry, 'display_name') ?? id;
      const createdAt = stringMember(entry, 'created_at') ?? '1970-01-01T00:00:00Z';
      return { type: 'model' as const, id: `${provider.name}/${id}`, display_name: `${name} (${provider.name})`, created_at: createdAt };
    });
  } catch (error) {
    if (CcproxyError.isInstance(error) || signal.aborted) return undefined;
    throw error;
  }
}

/**
 * Asks every provider the caller may use for its models. Their ids, `provider/model`, can be asked for as they are. A provider that does
 * not answer in time, or with an error, is named and left out.
 */
export async function offeredModels(context: GatewayContext, principal: Principal, headers: HeaderFields): Promise<OfferedModels> {
  const usable = [...context.providers.values()].filter(
    (provider) => provider.availability().available && (principal.kind !== 'anonymous' || provider.openToAnonymous),
  );
  const deadline = createDeadline({ clock: context.clock, ms: PATIENCE, name: 'asking the providers for their models' });
  const lists = await Promise.all(usable.map((provider) => modelsOf(provider, headers, deadline.signal)));
  deadline.clear();
  const data = lists.flatMap((list) => list ?? []);
  return {
    list: { data, has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null },
    silent: usable.flatMap(({ name }, index) => (lists[index] === undefined ? [name] : [])),
  };
}
