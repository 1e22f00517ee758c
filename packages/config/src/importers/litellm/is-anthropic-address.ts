/** Whether an address, as it is written, is the one of Anthropic itself. */
export function isAnthropicAddress(written: string): boolean {
  if (!URL.canParse(written)) return false;
  const { hostname } = new URL(written);
  return hostname === 'anthropic.com' || hostname.endsWith('.anthropic.com');
}
