import type { BenchedShell, ShellScenario } from './measure-shell.ts';

/** Net cost of one step, in microseconds of CPU, by hook: that of an empty hook is taken off. */
export interface ShellFigures {
  readonly shell: BenchedShell;
  readonly scenario: ShellScenario;
  /** CPU of a step with an empty hook. */
  readonly empty: number;
  readonly net: Readonly<Record<string, number>>;
}

const titles: Readonly<Record<ShellScenario, string>> = {
  idle_out: 'prompt outside',
  idle_in: 'prompt inside',
  cd_out: '2 × cd outside',
  cd_in: '2 × cd inside',
  switch: 'enter and leave',
  start: 'start of the shell',
};
/** Of direnv's cost, at most this part. */
const bars: Readonly<Record<BenchedShell, Partial<Readonly<Record<ShellScenario, number>>>>> = {
  bash: { idle_out: 200, idle_in: 200, switch: 100 },
  zsh: { idle_out: 400, idle_in: 400, switch: 100 },
  fish: { idle_out: 80, idle_in: 80, switch: 25 },
};
/** A shell may start by at most this much later. */
const startBarUs = 1000;

/** The figures as a table, with the bars each holds or misses. */
export function renderShellReport(figures: readonly ShellFigures[], tools: readonly string[]): string {
  const head = ['shell', 'step', 'empty hook', 'noise', 'ccproxy', ...tools, ...tools.map((tool) => `${tool} ÷ ccproxy`), 'bar'];
  const rows = figures.map(({ shell, scenario, empty, net }) => {
    const own = Math.max(net['ccproxy'] ?? Number.NaN, 0.1);
    const factors = tools.map((tool) => (net[tool] ?? Number.NaN) / own);
    return [
      shell,
      titles[scenario],
      empty.toFixed(1),
      Math.abs(net['control'] ?? Number.NaN).toFixed(1),
      own.toFixed(1),
      ...tools.map((tool) => (net[tool] ?? Number.NaN).toFixed(0)),
      ...factors.map((factor) => `${factor.toFixed(0)} ×`),
      verdict(bars[shell][scenario], factors[tools.indexOf('direnv')], scenario, own),
    ];
  });
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `\n## Shell hooks\n\nCPU of one step in µs, an empty hook's of the same round taken off; medians. Noise: a second empty hook, measured as if it were a tool. A step is one prompt, two \`cd\` with their prompts, or entering and leaving a project with theirs. Every hook was seen to activate and to restore, before and after.\n\n${lines.join('\n')}\n`;
}

function verdict(bar: number | undefined, factor: number | undefined, scenario: ShellScenario, own: number): string {
  if (scenario === 'start') return `≤ +1 ms: ${own <= startBarUs ? 'holds' : 'MISSED'}`;
  if (bar === undefined || factor === undefined) return '';
  return `≤ 1/${bar} of direnv: ${factor >= bar ? 'holds' : 'MISSED'}`;
}
