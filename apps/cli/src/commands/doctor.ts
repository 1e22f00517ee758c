import { homedir } from 'node:os';
import { readFile } from 'node:fs/promises';
import { readDaemonState } from '@ccproxy/client';
import type { AppPaths } from '@ccproxy/kernel';
import { packageVersion } from '@ccproxy/shell-integration';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { cliVersion } from '../cli-version.js';
import { checkClient } from '../doctor/check-client.js';
import { checkConfiguration } from '../doctor/check-configuration.js';
import { checkDaemon } from '../doctor/check-daemon.js';
import { checkStateDirectory } from '../doctor/check-state-directory.js';
import { checkInstallations } from '../doctor/check-installations.js';
import { checkProjects } from '../doctor/check-projects.js';
import { checkShells } from '../doctor/check-shells.js';
import { type Finding, ok, warning } from '../doctor/finding.js';
import { renderTable } from '../render/render-table.js';

const marks = { ok: 'ok', warning: 'warning', problem: 'PROBLEM' } as const;

export default class Doctor extends BaseCommand {
  static override summary = 'Look for what keeps ccproxy from working, and say how to mend it.';
  static override description =
    'Checks Node, the state directory, the configuration, the daemon and its port, the Claude Code client and its settings, and plugins. Changes nothing but, with --fix, hook files and file modes. Exit code 1 when a problem was found; warnings do not count.';
  static override examples = [
    { description: 'Something is not as it should be.', command: '<%= config.bin %> doctor' },
    { description: 'Write hooks of an older version anew, close files that others may read.', command: '<%= config.bin %> doctor --fix' },
  ];
  static override flags = {
    fix: Flags.boolean({ summary: 'Renew hook files and take the rights of other users away.', default: false }),
  };

  async run(): Promise<{ findings: readonly Finding[] }> {
    const { flags } = await this.parse(Doctor);
    const paths = this.paths(flags);
    const place = { env: process.env, cwd: process.cwd() };
    const running = (await readDaemonState(paths)).state?.config ?? undefined;
    const configuration = await checkConfiguration({ ...flags, config: flags.config ?? running }, paths, place);
    const port = configuration.loaded?.config.server.port ?? (await rememberedPort(paths)) ?? 3456;
    const daemon = await checkDaemon({ paths, version: cliVersion, config: flags.config, port, ...place });
    const client = await checkClient({ ...place, home: homedir(), self: process.argv[1] ?? '', baseUrl: daemon.status?.url });
    const findings = [
      ok('node', `version ${process.versions.node}`),
      await checkInstallations(process.env),
      ...(await checkStateDirectory(paths, flags.fix)),
      ...configuration.findings,
      ...daemon.findings.filter(({ message }) => !configuration.findings.some((each) => each.message === message)),
      ...client,
      ...(await checkProjects(paths)),
      ...(await checkShells({
        ...place,
        paths,
        home: homedir(),
        version: packageVersion,
        commands: this.config,
        fix: flags.fix,
      })),
      ...this.#plugins(),
    ];
    this.log(renderTable(findings.map(({ check, status, message }) => [marks[status], check, message])));
    const open = findings.filter(({ status }) => status !== 'ok');
    for (const { message, fix } of open) this.log(`\n${message}\n  -> ${fix ?? ''}`);
    if (findings.some(({ status }) => status === 'problem')) process.exitCode = 1;
    return { findings };
  }

  #plugins(): Finding[] {
    const foreign = [...this.config.plugins.values()].filter(({ name, type }) => type !== 'core' && name !== this.config.name);
    if (foreign.length === 0) return [ok('plugins', 'only those that belong to ccproxy')];
    return foreign.map(({ name, version, type }) =>
      warning(
        'plugins',
        `${name} ${version} (${type}) runs with your rights`,
        `Keep it if you installed it; otherwise: ccproxy plugins uninstall ${name}`,
      ),
    );
  }
}

/** The port a daemon would take first. */
async function rememberedPort(paths: AppPaths): Promise<number | undefined> {
  const port = Number(await readFile(paths.portFile, 'utf8').catch(() => ''));
  return port > 0 && port < 65_536 ? port : undefined;
}
