const flag = '--claude-bin';

/**
 * The command line of `ccproxy` for that of `claude`: every argument belongs to the client and stays as it is. Only a `--claude-bin PATH`
 * (or `--claude-bin=PATH`) at the very beginning is ours; Claude Code has no such option.
 */
export function cliArguments(argv: readonly string[]): string[] {
  const [first = '', second, ...rest] = argv;
  if (first === flag && second !== undefined) return ['claude', flag, second, '--', ...rest];
  if (first.startsWith(`${flag}=`)) return ['claude', first, '--', ...argv.slice(1)];
  return ['claude', '--', ...argv];
}
