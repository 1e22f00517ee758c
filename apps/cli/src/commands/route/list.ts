import { loadConfig, type Rule } from '@ccproxy/config';
import { compileRoutes, describeRule } from '@ccproxy/router';
import { BaseCommand } from '../../base-command.js';
import { renderTable } from '../../render/render-table.js';

interface ListedRule {
  readonly name: string;
  readonly when: string;
  readonly to: string | null;
  readonly fallback: readonly string[];
  /** When it may move a running conversation; null: it does not lead to a target of its own. */
  readonly moves: string | null;
}

interface ListedRules {
  /** null: the rules outside of profiles. */
  readonly profile: string | null;
  readonly rules: readonly ListedRule[];
  /** Target when none fires. */
  readonly default: string | null;
}

export default class RouteList extends BaseCommand {
  static override summary = 'List the rules in the order they are asked.';
  static override description =
    'Shows the rules of the configuration file, those of each profile, and the target when none fires. `moves` says when a rule may take a running conversation from its target.';
  static override examples = [
    { description: 'The rules in use.', command: '<%= config.bin %> route list' },
    { description: 'Those of another file.', command: '<%= config.bin %> route list --config ./ccproxy.yaml' },
  ];

  async run(): Promise<{ file: string | null; lists: readonly ListedRules[]; problems: readonly string[] }> {
    const { flags } = await this.parse(RouteList);
    const { config, file } = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths: this.paths(flags) });
    const table = compileRoutes(config);
    const sets = [[null, table.main] as const, ...table.profiles];
    const lists = sets.map(([profile, set]): ListedRules => ({
      profile,
      rules: set.rules.map((compiled) => listed(compiled.rule, compiled.kind === 'target' ? compiled.moves : null)),
      default: set.otherwise?.target ?? null,
    }));
    for (const list of lists) this.log(render(list, file));
    for (const problem of table.problems) this.note(`warning: ${problem}`);
    return { file, lists, problems: table.problems };
  }
}

function listed(rule: Rule, moves: string | null): ListedRule {
  const target = 'selector' in rule ? { to: null, fallback: [] } : { to: rule.to, fallback: rule.fallback };
  return { name: rule.name, when: describeRule(rule), ...target, moves };
}

function render({ profile, rules, default: otherwise }: ListedRules, file: string | null): string {
  const title = profile === null ? `rules of ${file ?? 'the built-in default'}; the first that fires decides` : `profile ${profile}`;
  const rows = rules.map(({ name, when, to, fallback, moves }) => [
    `  ${name}`,
    [to ?? 'what it names', ...fallback].join(', then '),
    moves === null ? '' : `moves ${moves}`,
    when,
  ]);
  return `${title}\n${renderTable([...rows, ['  default', otherwise ?? 'nothing', '', 'when no rule fires']])}`;
}
