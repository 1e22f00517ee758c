// The command line starts from few files: everything a command needs, oclif included, in one file per command and the chunks they share.
// Loading some 300 small files instead costs two thirds of the start of a command (docs/adr/0011-bundled-command-line.md).
import { globSync } from 'node:fs';
import { asciiOnly, lazyBuiltins, removeStale } from '@ccproxy-internal/bundle';
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

export default defineConfig({
  cwd: import.meta.dirname,
  input: Object.fromEntries(entries.map((file) => [file.slice('src/'.length, -'.ts'.length).replaceAll('\\', '/'), file])),
  platform: 'node',
  // Found by name and only ever started as a process of its own.
  external: ['@ccproxy/daemon'],
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  plugins: [ofShellIntegration, lazyBuiltins(), asciiOnly(), removeStale(['chunk-*.js', '{main,commands/**/*}.js.map'])],
  output: {
    // Over what the compiler wrote: the entries keep their names. Beside them, not below: files are found relative to them.
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name].js',
  },
});
