// What `npm start` runs after the build: the demonstration, then how to go on from a clone.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../apps/cli/bin/ccproxy.js', import.meta.url));
const { status } = spawnSync(process.execPath, [cli, 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });
if (status === 0) {
  console.log(
    '\nFrom this clone, `ccproxy` is `npm run ccproxy --`: for example `npm run ccproxy -- config init`, then `npm run ccproxy -- claude`.',
  );
}
process.exitCode = status ?? 1;
