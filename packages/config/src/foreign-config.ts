/** Another program, and the key that shows that a file is its. */
export interface ForeignOwner {
  readonly key: string;
  readonly tool: 'ccr' | 'ccproxy-py' | 'litellm';
}

/** Top-level keys no configuration of ours has; the Python program of the same name keeps its file in the same directory. */
const foreignKeys = {
  ccproxy: 'ccproxy-py',
  litellm: 'ccproxy-py',
  model_list: 'litellm',
  litellm_settings: 'litellm',
  Providers: 'ccr',
  Router: 'ccr',
} as const satisfies Readonly<Record<string, ForeignOwner['tool']>>;

/** Whose file it is, by its top-level keys; undefined when nothing speaks for another program. */
export function foreignOwner(tree: unknown): ForeignOwner | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined;
  for (const [key, tool] of Object.entries(foreignKeys)) if (Object.hasOwn(tree, key)) return { key, tool };
  return undefined;
}

/** What to do about a file of another program. */
export const foreignHint = ({ tool }: ForeignOwner, file: string): string =>
  `Translate it: \`ccproxy config import ${tool} ${/^[\w./~@+-]+$/u.test(file) ? file : 'FILE'}\`, or name another file with --config.`;
