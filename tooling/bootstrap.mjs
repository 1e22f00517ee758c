// Entry of every command a stranger types on a clean clone: `npm start`, `npm test`, `npm run test:client|test:conformance|test:long|test:soak|bench|ccproxy`.
// Plain JavaScript without dependencies: it runs on any Node >= 18 and fetches what the project itself needs.
import { prepareWorkspace } from './bootstrap/prepare-workspace.mjs';
import { run } from './bootstrap/run.mjs';
import { say } from './bootstrap/say.mjs';
import { fetchNode, findToolchain } from './bootstrap/toolchain.mjs';

/** What each command runs once the workspace is ready; extra arguments follow. */
const commands = {
  start: { script: 'tooling/start.ts' },
  test: { script: 'tooling/verify/src/main.ts', args: ['test'], builds: false },
  'test:client': { script: 'tooling/verify/src/main.ts', args: ['test:client'], builds: false },
  'test:conformance': { script: 'tooling/verify/src/main.ts', args: ['test:conformance'], builds: false },
  'test:long': { script: 'tooling/verify/src/main.ts', args: ['test:long'], builds: false },
  'test:soak': { script: 'tooling/verify/src/main.ts', args: ['test:soak'], builds: false },
  bench: { script: 'tooling/bench/src/main.ts' },
  'release:version': { script: 'node_modules/@changesets/cli/bin.js', args: ['version'], builds: false },
  'release:publish': { script: 'node_modules/@changesets/cli/bin.js', args: ['publish'] },
  ccproxy: { script: 'apps/cli/bin/ccproxy.js', inCallersFolder: true },
};

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  if (name === 'fetch-node') {
    // For tests that run the bins on another Node: prints the path of the binary.
    process.stdout.write(`${await fetchNode(args[0])}\n`);
    return 0;
  }
  const command = commands[name];
  if (command === undefined) throw new Error(`Unknown command "${name}": use one of ${Object.keys(commands).join(', ')}.`);

  const toolchain = await findToolchain();
  await prepareWorkspace(toolchain, { build: command.builds !== false });
  return run(toolchain.node, [new URL(`../${command.script}`, import.meta.url), ...(command.args ?? []), ...args], {
    env: toolchain.env,
    ...(command.inCallersFolder && process.env.INIT_CWD ? { cwd: process.env.INIT_CWD } : {}),
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
