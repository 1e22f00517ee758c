import type { DaemonStatusReport } from '@ccproxy/client/connect';
import { printableText } from '@ccproxy/projects/printable-text';
import { renderAge } from './render-age.js';
import { renderTable } from './render-table.js';

/** The state of a running daemon as a person reads it. `now` in ms since the epoch. */
export function renderStatus(status: DaemonStatusReport, now: number): string {
  const facts = [
    ['pid', String(status.pid)],
    ['version', `${status.version} (Node ${status.node})`],
    ['up for', renderAge(now - status.startTime)],
    ['configuration', status.configFile ?? 'built-in default'],
    ...changedFile(status, now),
    ['log', status.logFile],
    ['requests', `${status.activeRequests} open`],
    ['sessions', status.leases.length === 0 ? 'none' : String(status.leases.length)],
    ['stays', stays(status)],
  ];
  const sessions = status.leases.map(({ client, pid, since, project }) => [
    `  ${client}`,
    `pid ${pid}`,
    `for ${renderAge(now - since)}`,
    project === null ? '' : `in ${printableText(project)}`,
  ]);
  const providers = status.providers.map(({ name, type, available, reason }) => [
    `  ${name}`,
    type,
    available ? 'available' : `unavailable: ${reason ?? 'no reason given'}`,
  ]);
  const targets = status.targets.map(({ name, provider, model }) => [`  ${name}`, provider, model ?? '(the model asked for)']);
  return [
    `ccproxy is ${status.draining ? 'stopping' : 'running'} on ${status.url}`,
    renderTable(facts.map(([name = '', value = '']) => [`  ${name}`, value])),
    ...(sessions.length === 0 ? [] : ['sessions', renderTable(sessions)]),
    'providers',
    renderTable(providers),
    'targets',
    renderTable(targets),
  ].join('\n');
}

/** What became of changes of the file since the daemon started, when there is something to say. */
function changedFile({ configState }: DaemonStatusReport, now: number): string[][] {
  if (configState === undefined) return [];
  const { failure, restart, reloads, since } = configState;
  return [
    ...(reloads === 0 ? [] : [['reloaded', `${renderAge(now - since)} ago`]]),
    ...(restart.length === 0 ? [] : [['waits', `for \`ccproxy restart\`: ${restart.join(', ')}`]]),
    ...(failure === null
      ? []
      : [['not in force', `${failure.message}${failure.where === null ? '' : ` (${failure.where})`}; the last good configuration serves`]]),
  ];
}

function stays({ autoStop, pinned }: DaemonStatusReport): string {
  if (autoStop) return 'until some time after the last session (`ccproxy start` keeps it)';
  return pinned ? 'until `ccproxy stop`' : 'until it is stopped';
}
