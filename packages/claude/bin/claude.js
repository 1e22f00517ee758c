#!/usr/bin/env node
// The `claude` of @ccproxy/claude. Plain JavaScript that any Node can parse: the version is checked before anything is loaded.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `ccproxy needs Node 22.19 or newer, this is ${process.versions.node}: install a current Node (https://nodejs.org) and run it again.`,
  );
  process.exit(2);
}
const { main } = await import('../dist/main.js');
await main(process.argv.slice(2));
