import type { DaemonStatusReport } from '@ccproxy/client/connect';
import { renderAge } from './render-age.js';
import { renderTable } from './render-table.js';

/** The state of a running daemon as a person reads it. `now` in ms since the epoch. */
export function renderStatus(status: DaemonStatusReport, now: number): string {
  const facts = [
    ['pid', String(status.pid)],
    ['version', `${status.version} (Node ${status.node})`],
    ['up for', renderAge(now - status.startTime)],
    ['configuration', status.configFile ?? 'built-in default'],
    ['log', status.logFile],
    ['requests', `${status.activeRequests} open`],
    ['sessions', sessions(status)],
  ];
  const providers = status.providers.map(({ name, type, available, reason }) => [
    `  ${name}`,
    type,
    available ? 'available' : `unavailable: ${reason ?? 'no reason given'}`,
  ]);
  const targets = status.targets.map(({ name, provider, model }) => [`  ${name}`, provider, model ?? '(the model asked for)']);
  return [
    `ccproxy is ${status.draining ? 'stopping' : 'running'} on ${status.url}`,
    renderTable(facts.map(([name = '', value = '']) => [`  ${name}`, value])),
    'providers',
    renderTable(providers),
    'targets',
    renderTable(targets),
  ].join('\n');
}

function sessions({ leases, pinned }: DaemonStatusReport): string {
  const count = leases.length === 0 ? 'none' : leases.map(({ client, pid }) => `${client} (pid ${pid})`).join(', ');
  return pinned ? `${count}; stays until \`ccproxy stop\`` : count;
}
