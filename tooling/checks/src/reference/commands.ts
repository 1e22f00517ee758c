import type { Repository } from '../repository.ts';

interface Flag {
  readonly name: string;
  readonly char?: string;
  readonly type: 'boolean' | 'option';
  readonly summary?: string;
  readonly description?: string;
  readonly options?: readonly string[];
  readonly default?: unknown;
  readonly helpValue?: string;
  readonly hidden?: boolean;
  readonly env?: string;
  readonly required?: boolean;
}

interface Argument {
  readonly name: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly options?: readonly string[];
}

interface Command {
  readonly id: string;
  readonly summary?: string;
  readonly description?: string;
  readonly hidden?: boolean;
  readonly args?: Readonly<Record<string, Argument>>;
  readonly flags?: Readonly<Record<string, Flag>>;
  readonly examples?: readonly (string | { readonly command: string; readonly description: string })[];
}

const manifestName = 'oclif.manifest.json';
const manifestFile = `apps/cli/${manifestName}`;
const bin = 'ccproxy';

/** The commands of the command line and of its plugins in this repository, from the manifests the build makes. undefined when the command line is not built. */
export function renderCommands(repository: Repository): string | undefined {
  if (!repository.exists(manifestFile)) return undefined;
  const plugins = repository.packages
    .map(({ folder }) => `${folder}/${manifestName}`)
    .filter((file) => file !== manifestFile && repository.exists(file));
  const commands = [manifestFile, ...plugins].flatMap((file) => {
    const manifest = JSON.parse(repository.read(file)) as { commands: Readonly<Record<string, Command>> };
    return Object.values(manifest.commands);
  });
  const shown = commands.filter((command) => command.hidden !== true);
  return [
    '# Commands',
    `Every command of ours but \`claude\` takes \`--json\`, and \`--help\` shows this text. Generated from the commands: \`pnpm docs\`.`,
    ...shown.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(section),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(command: Command): string {
  const name = `${bin} ${command.id.replaceAll(':', ' ')}`;
  const args = Object.values(command.args ?? {});
  const flags = Object.values(command.flags ?? {}).filter((flag) => flag.hidden !== true);
  const usage = [
    name,
    ...args.map((arg) => (arg.required === true ? arg.name.toUpperCase() : `[${arg.name.toUpperCase()}]`)),
    ...(flags.length > 0 ? ['[FLAGS]'] : []),
  ];
  const fill = (text: string): string =>
    text.replaceAll('<%= config.bin %>', bin).replaceAll('<%= command.id %>', command.id.replaceAll(':', ' '));
  const rows = [
    ...args.map((arg) => [`\`${arg.name.toUpperCase()}\``, withChoices(arg.description ?? '', arg.options)]),
    ...flags.map((flag) => [flagName(flag), flagText(flag)]),
  ];
  return [
    `## ${name}`,
    fill([command.summary, command.description].filter((text) => text !== undefined && text !== '').join('\n\n')),
    `\`${usage.join(' ')}\``,
    ...(rows.length > 0 ? [`| | |\n|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`] : []),
    ...(command.examples ?? []).map((example) =>
      typeof example === 'string'
        ? `    ${fill(example).replace(/^\$ /, '').replaceAll('\n', '\n    ')}`
        : `${fill(example.description)}\n\n    ${fill(example.command).replace(/^\$ /, '')}`,
    ),
  ].join('\n\n');
}

function flagName(flag: Flag): string {
  const value = flag.type === 'option' ? ` ${flag.helpValue ?? '<value>'}` : '';
  return `\`${flag.char === undefined ? '' : `-${flag.char}, `}--${flag.name}${value}\``;
}

function flagText(flag: Flag): string {
  const text = withChoices(flag.summary ?? flag.description ?? '', flag.options);
  const standard = flag.default === undefined || flag.default === false ? [] : [`Default: \`${JSON.stringify(flag.default)}\`.`];
  const variable = flag.env === undefined ? [] : [`Environment: \`${flag.env}\`.`];
  return [text, ...standard, ...variable].join(' ').replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function withChoices(text: string, options: readonly string[] | undefined): string {
  return options === undefined ? text : `${text} One of ${options.map((option) => `\`${option}\``).join(', ')}.`;
}
