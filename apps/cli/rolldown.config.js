// The command line starts from few files: everything a command needs, oclif included, in one file per command and the chunks they share.
// Loading some 300 small files instead costs two thirds of the start of a command (docs/adr/0011-bundled-command-line.md).
import { globSync } from 'node:fs';
import { asciiOnly, lateModules, lazyBuiltins, removeStale } from '@ccproxy-internal/bundle';
import { defineConfig } from 'rolldown';

const entries = globSync('src/{main,commands/**/*}.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'));

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
// For help, colours and commands without a manifest.
const seldom = ['ansis', 'ansi-escapes', 'cli-spinners', 'ejs', 'lilconfig', 'minimatch', 'tinyglobby', 'wordwrap'];
// Few commands hash anything, and none before it knows what.
const plugins = [ofShellIntegration, lateModules(seldom), lazyBuiltins(['node:crypto']), asciiOnly()];

export default defineConfig([
  {
    ...common,
    input: Object.fromEntries(entries.map((file) => [file.slice('src/'.length, -'.ts'.length).replaceAll('\\', '/'), file])),
    // The daemon is found by name and only ever started as a process of its own.
    external: ['@ccproxy/daemon', './fast-status.js'],
    plugins: [...plugins, removeStale(['chunk-!(status)*.js', '{main,commands/**/*}.js.map'])],
    output: {
      // Over what the compiler wrote: the entries keep their names. Beside them, not below: files are found relative to them.
      dir: 'dist',
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[name].js',
    },
  },
  // What is answered before oclif is loaded: files of its own, with nothing of the rest.
  {
    ...common,
    input: { 'fast-status': 'src/fast-status.ts' },
    plugins: [...plugins, removeStale(['chunk-status-*.js', 'fast-status.js.map'])],
    output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunk-status-[name].js' },
  },
]);
