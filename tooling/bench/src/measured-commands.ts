/** A command that ends by itself. */
export interface MeasuredCommand {
  readonly args: readonly string[];
  /** How the table names it. */
  readonly name: string;
  /** Why it is measured. */
  readonly what: string;
  /** Most times the start of an empty Node. */
  readonly bar: number;
  /** The exit code it ends with. */
  readonly ends: number;
}

const command = (args: string, what: string, { name = `\`ccproxy ${args}\``, bar = 4, ends = 0 } = {}): MeasuredCommand => ({
  args: args.split(' '),
  name,
  what,
  bar,
  ends,
});

const ofOclif = 'a package of oclif, which brings an oclif of its own in some 200 files';

/** Every command of the command line that is not in `endlessCommands`, cheap ones first. */
export const measuredCommands: readonly MeasuredCommand[] = [
  command('status', 'asks the daemon, before the command framework is loaded', { bar: 1.5 }),
  command('status --json', 'the same for programs', { bar: 1.5 }),
  command('--version', 'the command framework alone'),
  command('--help', 'reads every plugin'),
  command('config show --help', 'help of a command'),
  command('config schema', 'prints what the build made'),
  command('purge', 'lists what it would remove; refuses without a terminal', { ends: 2 }),
  command('config reload', 'asks the daemon through the command framework'),
  command('route explain --last 1', 'asks the daemon for its decisions'),
  command('env', 'opens a session for the project of a directory'),
  command('exec . -- true', 'opens a session, then becomes the command'),
  command('claude -- --version', 'opens a session, then becomes the client, here one that does nothing'),
  command('deny ./nowhere', 'looks a project up, tells the daemon'),
  command('shell-integration zsh', 'writes the hook of a shell'),
  command('config init --force --state-dir ./other', 'writes a configuration'),
  command('config path', 'reads and checks the configuration'),
  command('config validate', 'the same, and what a reload would change'),
  command('config show', 'prints the configuration too'),
  command(
    'config import ccr ccr.json --dry-run',
    'reads the configuration of another program, joins it with the present one and checks the result',
  ),
  command('logs', 'prints the configuration too'),
  command('logs --tail', 'redacts with the secrets of the configuration'),
  command('route list', 'compiles the rules too'),
  command('route explain request.json', 'decides a request too'),
  command('provider list', 'reads the configuration, asks the daemon'),
  command('start', 'reads the configuration, finds the daemon running'),
  command(
    'allow',
    'reads the configuration and a project, then works: writes a copy under a lock and the tree of the shells, waits until the daemon has read both',
  ),
  command('doctor', 'does all of the above, looks at every installation on PATH, and runs the client to ask its version'),
  command('plugins', ofOclif),
  command('autocomplete bash', `${ofOclif}; writes the completions of every command`),
  command('nonsense', `${ofOclif}, looks for the command that is meant`, { name: 'a name that is no command', ends: 2 }),
];

/** Commands that are not measured, and why. */
export const endlessCommands: readonly (readonly [commands: string, why: string])[] = [
  ['`start` without a daemon, `restart`, `stop`, `demo`', 'they wait for a daemon to start or to end (workload `start`)'],
  ['`provider probe`', 'it asks a provider'],
  ['`route tokens`', 'it asks the daemon as `route explain --last` does, and needs requests that a provider has counted'],
  ['`plugins install` and its like', 'they run npm'],
  ['`logs --follow`, `start --foreground`', 'they end when they are told to'],
];
