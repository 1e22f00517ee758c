/** What a model says, in no API's words. */
export interface Said {
  readonly thinking?: string;
  readonly text?: string;
  readonly calls?: readonly SaidCall[];
  /** A search its provider made. */
  readonly search?: { readonly query: string; readonly url: string };
  /** It ran out of tokens. */
  readonly cut?: boolean;
}

export interface SaidCall {
  /** As the provider writes it; APIs without ids have none. */
  readonly id: string;
  readonly name: string;
  readonly input: object;
}

/** Opaque text that goes with the thinking and has to come back with the next turn. */
export const opaque = 'b3BhcXVlLXRob3VnaHQ=';

/** The same text in as many pieces; never empty ones. */
export const pieces = (text: string, count: number): string[] => {
  const size = Math.max(1, Math.ceil(text.length / count));
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size));
};
