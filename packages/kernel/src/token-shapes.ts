/**
 * A token does not begin in the middle of a word, but it may follow a percent escape or a JSON escape, whose last character looks like one.
 */
const start = String.raw`(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2}|\\[bfnrt]|\\u[0-9A-Fa-f]{4}))`;

/**
 * Tokens that give themselves away by their prefix (facts: security-and-faults §8, "token shapes"). Every pattern either fails within a few
 * dozen characters or consumes what it has looked at, so that the whole is linear for any input.
 */
const shapes: readonly string[] = [
  // Anthropic: api, admin, oauth, refresh and session keys; also right behind other letters
  String.raw`sk-ant-[\w-]{8,}`,
  // OpenRouter, OpenAI, Langfuse and everybody who copied them
  String.raw`${start}sk-(?:(?:or-(?:v\d-)?|proj-|svcacct-|admin-|None-|lf-)[\w-]{8,}|[\w-]{16,})`,
  String.raw`${start}pk-lf-[\w-]{8,}`,
  // Google: API keys, OAuth access and refresh tokens, client secrets
  String.raw`AIza[\w-]{20,}|${start}(?:AQ\.[\w-]{20,}|ya29\.[\w.-]{10,}|1//0[\w-]{20,}|GOCSPX-[\w-]{10,})`,
  // Groq, xAI, Perplexity, Hugging Face, Replicate, NVIDIA, Fireworks, Cerebras, Voyage, Tavily, LangSmith
  String.raw`${start}(?:gsk_|xai-|pplx-|hf_|r8_|fw_|csk-)[A-Za-z0-9]{16,}`,
  String.raw`${start}(?:nvapi-[\w-]{16,}|pa-[\w-]{32,}|tvly-[\w-]{16,}|lsv2_[\w-]{16,})`,
  // AWS key ids, GitHub, GitLab, npm, Slack, Stripe
  String.raw`${start}(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])`,
  String.raw`${start}(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|[rs]k_(?:live|test)_\w{10,})`,
];

const shapePatterns = shapes.map((source) => new RegExp(source, 'g'));
const jwt = /eyJ[\w-]{6,}(?:\.[\w-]*){0,4}/g;

/** Replaces every self-evident token. */
export function replaceTokenShapes(text: string, mask: string): string {
  let result = text;
  for (const pattern of shapePatterns) result = result.replace(pattern, mask);
  // The pattern consumes also what is no JWT: looking for the dots first would read one long run again and again.
  return result.replace(jwt, (token) => (/^[\w-]+\.[\w-]{6,}\./.test(token) ? mask : token));
}
