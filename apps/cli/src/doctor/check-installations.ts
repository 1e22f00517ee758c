import { realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Finding, ok, warning } from './finding.js';

/** Two installations answer in turns, depending on PATH, and wonder at each other's daemon. */
export async function checkInstallations(env: NodeJS.ProcessEnv): Promise<Finding> {
  const check = 'installation';
  const folders = [...new Set((env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''))];
  const found = new Map<string, string>();
  for (const folder of folders) {
    const bin = join(folder, process.platform === 'win32' ? 'ccproxy.cmd' : 'ccproxy');
    const real = await realpath(bin).catch(() => undefined);
    if (real !== undefined && !found.has(real)) found.set(real, bin);
  }
  const bins = [...found.values()];
  if (bins.length < 2) return ok(check, bins[0] ?? '`ccproxy` is not in PATH');
  return warning(
    check,
    `ccproxy is installed ${bins.length} times: ${bins.join(', ')}; the first one answers`,
    `Remove the others, for instance with \`npm uninstall -g @ccproxy/cli\` of their npm, and the files that are left.`,
  );
}
