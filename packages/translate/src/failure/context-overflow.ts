/** What is known of a prompt that may be too long. */
export interface OverflowFacts {
  readonly contextWindow: number | undefined;
  readonly inputEstimate: number;
}

const overflow =
  /context[_ -]?(?:length|window|size)[^.]{0,60}exceed|exceed[^.]{0,80}(?:context|maximum (?:number of )?tokens|max_prompt_tokens)|maximum (?:context|prompt) length|prompt is too long|input (?:token count|length)[^.]{0,40}exceeds|context (?:the )?overflow|too large for model with \d+ maximum context|string_above_max_length|reduce the length of the (?:messages|prompt|input)|context length is only|range of input length should be/i;
const limits = [
  /(?:maximum|model's|available|endpoint's)[^0-9]{0,40}?(?:context|prompt|input)[^0-9]{0,40}(\d[\d,]{2,})/i,
  /maximum number of tokens allowed[^0-9]{0,10}(\d[\d,]{2,})/i,
  /context (?:length|window|size)[^0-9]{0,30}(\d[\d,]{2,})/i,
  /(\d[\d,]{2,}) (?:maximum context|tokens? limit)/i,
  />\s*(\d[\d,]{2,}) maximum/i,
  /\[\d+, (\d[\d,]{2,})\]/,
];

/**
 * The sentence Claude Code compacts its conversation at (translation.md row 114), when a provider's words mean that;
 * numbers the provider does not name are the model's window and our estimate.
 */
export function contextOverflow(kind: string, message: string, facts: OverflowFacts): string | undefined {
  if (!/context_length_exceeded|exceed_context_size/.test(kind) && !overflow.test(message)) return undefined;
  const numbers = (message.match(/\d[\d,]{2,}/g) ?? []).map(toNumber);
  const named = limits.map((limit) => limit.exec(message)?.[1]).find((found) => found !== undefined);
  const most = named === undefined ? (facts.contextWindow ?? secondLargest(numbers)) : toNumber(named);
  const above = numbers.filter((number) => most !== undefined && number > most);
  const used = above.length > 0 ? Math.max(...above) : Math.max(facts.inputEstimate, (most ?? 0) + 1);
  return `prompt is too long: ${used} tokens > ${most ?? used - 1} maximum`;
}

const toNumber = (digits: string): number => Number(digits.replaceAll(',', ''));
const secondLargest = (numbers: readonly number[]): number | undefined => [...new Set(numbers)].sort((a, b) => b - a)[1];
