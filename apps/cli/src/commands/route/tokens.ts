import { loadConfig } from '@ccproxy/config';
import { compileRoutes, estimateErrors, type PastEstimate, pastEstimate } from '@ccproxy/router';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { errors } from '../../errors.js';
import { type Estimates, renderEstimates } from '../../render/render-estimates.js';
import { pastDecisions } from '../../route/past-decisions.js';

/** As many decisions as the daemon keeps. */
const mostDecisions = 20_000;

export default class RouteTokens extends BaseCommand {
  static override summary = 'Say how far estimates of tokens were from what providers counted.';
  static override description =
    'Compares, for the last requests of the daemon, the number of input tokens a request was decided with and the number its provider reported: by model and by the way the estimate was made, the median of the error, what nine of ten stay within, and the worst. `wrong side` counts requests whose count lies on the other side of a `tokens` threshold of the rules in the configuration (those outside of profiles) than the estimate. In --json, errors are fractions: 0.1 is a tenth too much.';
  static override flags = {
    last: Flags.integer({ summary: 'How many of the last requests.', min: 1, max: mostDecisions, default: 1000, helpValue: 'N' }),
  };
  static override examples = [
    { description: 'The last thousand requests.', command: '<%= config.bin %> route tokens' },
    {
      description: 'Whether other thresholds would have been met.',
      command: '<%= config.bin %> route tokens --last 5000 --config ./other.yaml',
    },
  ];

  async run(): Promise<Estimates> {
    const { flags } = await this.parse(RouteTokens);
    const paths = this.paths(flags);
    const { config } = await loadConfig({ flags, env: process.env, cwd: process.cwd(), paths });
    const { thresholds } = compileRoutes(config, { zone: Intl.DateTimeFormat().resolvedOptions().timeZone }).main;
    const rows = await this.withDaemon(paths, (client) => pastDecisions(client, flags.last));
    const found = rows.map((row) => pastEstimate(row));
    const compared = found.filter((each): each is PastEstimate => typeof each === 'object');
    if (compared.length === 0) throw errors.CCP_ESTIMATES_UNKNOWN({ message: nothing(rows.length) });
    const estimates: Estimates = {
      decisions: rows.length,
      compared: compared.length,
      leftOut: {
        uncounted: found.filter((each) => each === 'uncounted').length,
        serverTools: found.filter((each) => each === 'serverTools').length,
      },
      thresholds,
      estimates: estimateErrors(compared, thresholds),
    };
    this.log(renderEstimates(estimates));
    return estimates;
  }
}

const nothing = (decisions: number): string =>
  decisions === 0
    ? 'The daemon has decided nothing yet.'
    : `Of the last ${decisions} requests, none has a count of its provider that an estimate can be compared with.`;
