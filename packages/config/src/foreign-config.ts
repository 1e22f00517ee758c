/** Top-level keys of the Python program of the same name and of LiteLLM, whose files lie in the same directory. */
const foreignKeys = ['ccproxy', 'litellm'] as const;

/** The top-level key that shows a file was written for another tool, or undefined. */
export function foreignOwner(tree: unknown): string | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined;
  return foreignKeys.find((key) => Object.hasOwn(tree, key));
}
