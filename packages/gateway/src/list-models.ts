import { listedModelId, type RouteTable, selectableTargets } from '@ccproxy/router';

/** An entry of `GET /v1/models`; the client keeps only ids that contain "claude" (facts page claude-code-client §2.1). */
export interface ListedModel {
  readonly type: 'model';
  readonly id: string;
  readonly display_name: string;
  readonly created_at: string;
}

export interface ModelList {
  readonly data: readonly ListedModel[];
  readonly has_more: false;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** The targets a client can name, in the shape of the Anthropic API. `createdAt` is an ISO time. */
export function listModels(table: RouteTable, createdAt: string): ModelList {
  const data = selectableTargets(table).map(({ name, provider, model = '' }): ListedModel => ({
    type: 'model',
    id: listedModelId(name),
    display_name: `${name} (${model} by ${provider})`,
    created_at: createdAt,
  }));
  return { data, has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
