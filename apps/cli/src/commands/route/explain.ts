import { loadConfig } from '@ccproxy/config';
import { groupDigits } from '@ccproxy/kernel';
import { compileRoutes, pastDecision, pastEstimate, type Replay, replayDecisions } from '@ccproxy/router';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, type LocationFlags } from '../../base-command.js';
import { errors } from '../../errors.js';
import { renderDecision, type ShownStep } from '../../render/render-decision.js';
import { renderReplay } from '../../render/render-replay.js';
import { type ExplainedRequest, explainRequest } from '../../route/explain-request.js';
import { pastDecisions } from '../../route/past-decisions.js';
import { readRequestFile } from '../../route/read-request-file.js';

type DecisionRow = Readonly<Record<string, unknown>>;
type Explained = ExplainedRequest | { readonly decisions: readonly DecisionRow[] } | { readonly replay: Replay };

/** As many decisions as the daemon keeps. */
const mostDecisions = 20_000;

export default class RouteExplain extends BaseCommand {
  static override summary = 'Say why a request goes where it goes, or what another configuration would change.';
  static override description =
    'With a file: decides the request in it by the configuration, without a daemon. With --last or --request: shows decisions the daemon has made. With these and --config: tries that configuration on the recorded decisions and says what would move. Prompts are not recorded, so that rules on the system prompt or on headers can only be tried where the daemon had the same pattern.';
  static override args = {
    file: Args.string({ description: 'JSON of a Messages request, or of its `headers` and `body`; `-` reads stdin.', ignoreStdin: true }),
  };
  static override flags = {
    last: Flags.integer({ summary: 'The last decisions of the daemon.', min: 1, max: mostDecisions, helpValue: 'N' }),
    request: Flags.string({ summary: 'The decision about one request, by its id (`x-ccproxy-request-id`).', helpValue: 'ID' }),
    header: Flags.string({ summary: 'A header of the request in the file.', multiple: true, helpValue: "'NAME: VALUE'" }),
    project: Flags.string({ summary: 'Path of the project the request in the file comes from.', helpValue: 'PATH' }),
  };
  static override examples = [
    { description: 'A request in a file.', command: '<%= config.bin %> route explain request.json' },
    {
      description: 'The same as a subagent would send it.',
      command: "<%= config.bin %> route explain request.json --header 'x-claude-code-request-class: subagent'",
    },
    { description: 'What was decided last.', command: '<%= config.bin %> route explain --last 5' },
    {
      description: 'What another configuration would have done with the last 5000 requests.',
      command: '<%= config.bin %> route explain --last 5000 --config ./other.yaml',
    },
  ];

  async run(): Promise<Explained> {
    const { args, flags } = await this.parse(RouteExplain);
    const ways = [args.file, flags.last, flags.request].filter((way) => way !== undefined);
    if (ways.length !== 1) throw errors.CCP_USAGE({ message: 'Give either a file, or --last, or --request.' });
    if (args.file !== undefined) return await this.#file(args.file, flags);
    const rows = await this.#recorded(flags, flags.request, flags.last ?? 1);
    return flags.config === undefined ? this.#show(rows) : await this.#replay(rows, flags);
  }

  async #file(
    file: string,
    flags: LocationFlags & { readonly header?: readonly string[] | undefined; readonly project?: string | undefined },
  ): Promise<ExplainedRequest> {
    const { config } = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths: this.paths(flags) });
    const { body, headers } = await readRequestFile(file, process.stdin);
    const request = { body, headers: { ...headers, ...Object.fromEntries((flags.header ?? []).map(parseHeader)) } };
    const explained = explainRequest(request, config, { project: flags.project, now: Date.now() });
    const { facts, decision } = explained;
    const outcome = decision.kind === 'plan' ? decision.route : `refused: ${decision.message}`;
    const targets =
      decision.kind === 'plan' ? decision.attempts.map(({ target, model }) => (model === undefined ? target : `${target} (${model})`)) : [];
    const head = [
      ['route', outcome],
      ['target', targets.join(', then ') || 'none'],
      ['model', facts.model],
      ['tokens', `about ${groupDigits(facts.tokens.estimate)}`],
    ] as const;
    this.log(renderDecision({ head, steps: decision.explanation }));
    return explained;
  }

  async #recorded(flags: LocationFlags, request: string | undefined, last: number): Promise<DecisionRow[]> {
    const wanted = (row: DecisionRow): boolean => row['requestId'] === request;
    const rows = await this.withDaemon(this.paths(flags), (client) =>
      request === undefined ? pastDecisions(client, last) : pastDecisions(client, mostDecisions, wanted),
    );
    const found = request === undefined ? rows : rows.filter(wanted);
    if (request !== undefined && found.length === 0)
      throw errors.CCP_DECISION_UNKNOWN({ message: `The daemon has no decision about ${request}.` });
    return found;
  }

  #show(rows: readonly DecisionRow[]): Explained {
    if (rows.length === 0) this.log('The daemon has decided nothing yet.');
    for (const row of rows) this.log(`${renderDecision({ head: headOf(row), steps: stepsOf(row) })}\n`);
    return { decisions: rows };
  }

  async #replay(rows: readonly DecisionRow[], flags: LocationFlags): Promise<Explained> {
    const { config } = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths: this.paths(flags) });
    const table = compileRoutes(config, { zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
    const replay = replayDecisions(
      rows.flatMap((row) => pastDecision(row) ?? []),
      table,
    );
    this.log(renderReplay(replay));
    return { replay };
  }
}

function parseHeader(written: string): readonly [string, string] {
  const colon = written.indexOf(':');
  if (colon < 1) throw errors.CCP_USAGE({ message: `--header ${written.slice(0, 80)}: write it as 'name: value'` });
  return [written.slice(0, colon).trim().toLowerCase(), written.slice(colon + 1).trim()];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function headOf(row: DecisionRow): [string, string][] {
  const facts = (row['facts'] ?? {}) as DecisionRow;
  const tokens = (facts['tokens'] ?? {}) as { readonly estimate?: number; readonly exact?: boolean };
  const attempts = Array.isArray(row['attempts']) ? row['attempts'].map(String) : [];
  const at = typeof row['at'] === 'number' ? new Date(row['at']).toISOString() : '';
  return [
    ['request', `${text(row['requestId'])}  ${at}`],
    ['route', text(row['route'])],
    ['target', [text(row['target']) || (attempts[0] ?? ''), text(row['outcome'])].filter((part) => part !== '').join(', ')],
    ['model', text(facts['model'])],
    ['tokens', `${groupDigits(tokens.estimate ?? 0)} ${tokens.exact === true ? 'counted' : 'estimated'}${countOf(row)}`],
  ];
}

/** What the provider counted, where it can be compared with the estimate. */
function countOf(row: DecisionRow): string {
  const past = pastEstimate(row);
  return typeof past === 'string' ? '' : `, ${groupDigits(past.counted)} by the provider`;
}

function stepsOf(row: DecisionRow): ShownStep[] {
  const steps = Array.isArray(row['explanation']) ? (row['explanation'] as { rule?: unknown; fired?: unknown; because?: unknown }[]) : [];
  return steps.map(({ rule, fired, because }) => ({
    rule: text(rule),
    fired: fired === true,
    because: Array.isArray(because) ? because.map(String).join('; ') : text(because),
  }));
}
