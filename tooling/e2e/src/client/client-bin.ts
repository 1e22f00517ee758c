/** The real client's binary. `npm run test:client` fetches it and names it here. */
export function clientBin(): string {
  const bin = process.env['CLAUDE_BIN'] ?? '';
  if (bin === '') throw new Error('CLAUDE_BIN names no client: `npm run test:client` installs one and sets it.');
  return bin;
}
