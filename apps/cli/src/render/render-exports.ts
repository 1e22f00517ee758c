/** What a shell is ever asked to set. */
const known: ReadonlySet<string> = new Set([
  'ANTHROPIC_BASE_URL',
  'ANTHROPIC_CUSTOM_HEADERS',
  'CCPROXY_PROFILE',
  'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY',
  'CLAUDE_CODE_GATEWAY_HINT_HEADERS',
  'CLAUDE_CODE_MAX_OUTPUT_TOKENS',
  'ENABLE_TOOL_SEARCH',
  'NO_PROXY',
  'no_proxy',
]);

/**
 * Variables as `export NAME='value'` lines, safe for `eval` in sh, bash, zsh and fish: names of a fixed list, values in single quotes, in
 * which nothing is expanded. A backslash stands outside the quotes, because fish reads it inside.
 */
export const renderExports = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .filter(([name]) => known.has(name))
    .map(([name, value]) => `export ${name}='${value.replaceAll(/['\\]/gu, (character) => `'\\${character}'`)}'`)
    .join('\n');
