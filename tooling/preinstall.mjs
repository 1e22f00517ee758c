// Says in one sentence what to do when another package manager is tried; pnpm sets its user agent.
if (!(process.env.npm_config_user_agent ?? '').startsWith('pnpm/')) {
  console.error('This repository is installed with pnpm: run `npm start` or `npm test`, which fetch the right Node and pnpm themselves.');
  process.exit(1);
}
