// The command line starts from few files: everything a command needs, oclif included, in one file per command and the chunks they share.
// Loading some 300 small files instead costs two thirds of the start of a command (docs/adr/0011-bundled-command-line.md).
import { globSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { asciiOnly, lazyBuiltins, removeStale } from '@ccproxy-internal/bundle';
import { leanOclif } from '@ccproxy-internal/bundle/lean-oclif';
import { defineConfig } from 'rolldown';

const entries = globSync('src/{run-oclif,commands/**/*}.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'));

/** The hook's sources lie in its package, wherever the code that reads them is. */
const ofShellIntegration = {
  name: 'files-of-shell-integration',
  transform: (code, id) =>
    /shell-integration[\\/]dist[\\/][\w-]+\.js$/.test(id)
      ? { code: code.replaceAll('import.meta.url', `import.meta.resolve('@ccproxy/shell-integration')`) }
      : undefined,
};

const common = {
  cwd: import.meta.dirname,
  platform: 'node',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
};
// Few commands need them, and none before it knows what it does.
const late = ['node:child_process', 'node:crypto', 'node:http', 'node:net', 'node:readline/promises', 'node:tty'];
/** It depends on nothing but this version: printing it needs none of what it is made of. */
const schemaMadeNow = {
  name: 'schema-made-now',
  load: async (id) => {
    if (!/config[\\/]dist[\\/]config-json-schema\.js$/.test(id)) return undefined;
    const { configJsonSchema } = await import(pathToFileURL(id).href);
    return `export const configJsonSchema = () => JSON.parse(${JSON.stringify(JSON.stringify(configJsonSchema()))});`;
  },
};
const plugins = [ofShellIntegration, schemaMadeNow, lazyBuiltins(late), asciiOnly()];
// A file costs 0.3 ms (measured), and what is loaded and not used costs too: what is used together lies together.
const groups = [
  { name: 'zod', test: /node_modules[\\/]zod[\\/]/, priority: 4 },
  {
    name: 'base',
    test: /src[\\/](?:base-command|render[\\/]render-table)\.ts$|oclif[\\/]core[\\/]lib[\\/](?:run|main|flush|args)\.js$|is-wsl|packages[\\/]kernel[\\/]|(?:printable-text|format-ms|config[\\/]dist[\\/]variables)\.js$|^\0builtin:/,
    priority: 3,
  },
  {
    name: 'client',
    test: /packages[\\/]client[\\/]dist[\\/](?:connect|open-with-daemon|version-skew)\.js$|src[\\/]tell-daemon\.ts$/,
    priority: 2,
  },
  { name: 'shell', test: /packages[\\/]shell-integration[\\/]/, priority: 1 },
  { name: 'project', test: /src[\\/](?:project-here|require-allowed)\.ts$/, priority: 1 },
  { name: 'launch', test: /src[\\/](?:claude-session|daemon-process|project-environment)\.ts$/, priority: 1 },
  { name: 'config', test: /config[\\/]dist[\\/](?:load-config|format-config)\.js$/, priority: 1 },
];
const output = {
  // Over what the compiler wrote: the entries keep their names. Beside them, not below: files are found relative to them.
  dir: 'dist',
  format: 'esm',
  entryFileNames: '[name].js',
  comments: { legal: true, annotation: false, jsdoc: false },
};

export default defineConfig([
  {
    ...common,
    input: Object.fromEntries(entries.map((file) => [file.slice('src/'.length, -'.ts'.length).replaceAll('\\', '/'), file])),
    // The daemon is found by name and only ever started as a process of its own.
    external: ['@ccproxy/daemon'],
    plugins: [...plugins, leanOclif(), removeStale(['chunk-*.js', '{run-oclif,commands/**/*}.js.map'])],
    output: { ...output, chunkFileNames: 'chunk-[name].js', codeSplitting: { groups } },
  },
  // What runs before oclif is loaded, and before anything is taken from the compile cache: one file each, with nothing of the rest.
  ...['main', 'fast-status', 'careful-status'].map((name) => ({
    ...common,
    input: { [name]: `src/${name}.ts` },
    external: ['./run-oclif.js', './fast-status.js', './careful-status.js'],
    plugins: [...plugins, removeStale([`${name}.js.map`])],
    output: { ...output, codeSplitting: false },
  })),
]);
