import { stopDaemon, type StopResult } from '@ccproxy/client';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { cliVersion } from '../cli-version.js';

export default class Stop extends BaseCommand {
  static override summary = 'Stop the daemon.';
  static override description =
    'Asks the daemon to finish the requests in flight, waits, and ends it by force when the time is up. What a killed daemon left behind is cleaned up. A daemon that does not run is a success.';
  static override examples = [
    { description: 'Stop, giving open requests the time of `server.drainTimeout`.', command: '<%= config.bin %> stop' },
    { description: 'Give open requests two seconds.', command: '<%= config.bin %> stop --timeout-seconds 2' },
  ];
  static override flags = {
    'timeout-seconds': Flags.integer({ summary: 'How long requests in flight may go on; 0 cuts them at once.', min: 0, max: 86_400 }),
  };

  async run(): Promise<StopResult> {
    const { flags } = await this.parse(Stop);
    const seconds = flags['timeout-seconds'];
    const result = await stopDaemon({
      paths: this.paths(flags),
      client: 'ccproxy stop',
      version: cliVersion,
      ...(seconds === undefined ? {} : { drainMs: seconds * 1000 }),
    });
    if (!result.stopped) this.log(result.reason);
    else this.log(`Stopped ccproxy (pid ${result.pid})${result.forced === undefined ? '' : ` with ${result.forced}`}.`);
    return result;
  }
}
