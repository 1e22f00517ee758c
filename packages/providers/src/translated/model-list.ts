import { isJsonObject, type JsonObject, stringMember } from '@ccproxy/wire';

/** A model a provider offers. */
export interface OfferedModel {
  readonly id: string;
  readonly name?: string;
  /** ISO time. */
  readonly createdAt?: string;
}

/** More are not listed. */
const MOST = 2000;

/** The objects of a list in an answer. */
export const entriesOf = (answer: JsonObject, key: string): readonly JsonObject[] => {
  const list = Object.hasOwn(answer, key) ? answer[key] : undefined;
  return Array.isArray(list) ? list.filter(isJsonObject).slice(0, MOST) : [];
};

/** ISO time of seconds since the epoch; undefined for what is no time. */
export const isoOfSeconds = (seconds: unknown): string | undefined =>
  typeof seconds === 'number' && seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : undefined;

/** One model, without the members that say nothing. */
export function offeredModel(entry: JsonObject, key: string, fields: Omit<OfferedModel, 'id'> | undefined = {}): OfferedModel | undefined {
  const id = stringMember(entry, key);
  return id === undefined || id === '' ? undefined : { ...fields, id };
}

/** The answer of `GET /v1/models` in the shape of the Anthropic API. */
export function modelListAnswer(models: readonly OfferedModel[]): string {
  const data = models.map(({ id, name = id, createdAt = '1970-01-01T00:00:00Z' }) => ({
    type: 'model',
    id,
    display_name: name,
    created_at: createdAt,
  }));
  return JSON.stringify({ data, has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null });
}
