const missing = /^model ["'`]([^"'`\s]{1,200})["'`] not found/;

/** Ollama's words for a model it does not have, with what to do about it; any other message as it is. */
export function withPullHint(message: string): string {
  const name = missing.exec(message)?.[1];
  return name === undefined ? message : `${message.replace(/, try pulling it first$/, '')}; get it with: ollama pull ${name}`;
}
