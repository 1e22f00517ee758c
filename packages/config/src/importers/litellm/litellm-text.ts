import { configText } from '../config-text.js';

const environment = /^os\.environ\/([A-Za-z_][A-Za-z0-9_]*)$/u;
const shell = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/u;

/** The name when a value of LiteLLM is taken from the environment. */
export const litellmVariable = (value: string): string | undefined => (environment.exec(value.trim()) ?? shell.exec(value.trim()))?.[1];

/** A text of LiteLLM with its variable as ours; undefined when the configuration could not hold it. */
export function litellmText(value: string): string | undefined {
  const variable = litellmVariable(value);
  return variable === undefined ? configText(value) : `\${${variable}}`;
}
