const missing = /^model ["'`]([^"'`\s]{1,200})["'`] not found/;

/** Ollama's words for what a user can mend, with how; any other message as it is. */
export function explainError(message: string): string {
  const name = missing.exec(message)?.[1];
  if (name !== undefined) return `${message.replace(/, try pulling it first$/, '')}; get it with: ollama pull ${name}`;
  if (message.endsWith('does not support thinking')) return `${message}; say so in the configuration: capabilities, reasoning: none`;
  if (message.endsWith('does not support tools')) return `${message}, which Claude Code needs; route it to another model`;
  return message;
}
