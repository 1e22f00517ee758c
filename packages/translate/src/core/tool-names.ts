import { shortHash } from './short-hash.js';

/** What a wire API accepts as the name of a function. */
export interface ToolNameRules {
  readonly maxLength: number;
  /** A character that may not stand in a name; global. */
  readonly illegal: RegExp;
  /** How a name must begin; otherwise `_` is put before it. */
  readonly first: RegExp;
}

/** Names of one request, both ways (translation.md rows 23-25). */
export interface ToolNames {
  /** The name to send. Legal names stay; others are changed, with a hash that keeps them apart. */
  toUpstream(name: string): string;
  /** The client's name for one the provider used; the name itself when the request had none like it. */
  toClient(name: string): string;
}

export const openaiToolNames: ToolNameRules = { maxLength: 64, illegal: /[^a-zA-Z0-9_-]/g, first: /^/ };

export function createToolNames({ maxLength, illegal, first }: ToolNameRules): ToolNames {
  const upstream = new Map<string, string>();
  const client = new Map<string, string>();
  const legal = (name: string): string => {
    const clean = name.replace(illegal, '_');
    const begun = first.test(clean) ? clean : `_${clean}`;
    if (begun === name && name !== '' && name.length <= maxLength) return name;
    const hash = shortHash(name, 8);
    return `${begun === '' ? 'tool' : begun.slice(0, maxLength - 9)}_${hash}`;
  };
  return {
    toUpstream(name) {
      const known = upstream.get(name);
      if (known !== undefined) return known;
      const sent = legal(name);
      upstream.set(name, sent);
      client.set(sent, name);
      return sent;
    },
    toClient: (name) => client.get(name) ?? name,
  };
}
