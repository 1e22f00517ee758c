// The daemon starts from few files and holds few: docs/adr/0019-bundled-daemon.md.
import { asciiOnly, lazyBuiltins, removeStale } from '@ccproxy-internal/bundle';
import { defineConfig } from 'rolldown';

/** Files that are loaded by their name beside the file that asks for them: threads, and what threads load. */
const loadedByName = {
  'database-thread': 'store/dist/database-thread.js',
  'count-thread': 'tokens/dist/count-thread.js',
  'count-body': 'tokens/dist/count-body.js',
  'routing-module-thread': 'gateway/dist/routing-module-thread.js',
  'adapter-thread': 'providers/dist/adapter/adapter-thread.js',
  'serve-adapter': 'providers/dist/adapter/serve-adapter.js',
};

export default defineConfig({
  cwd: import.meta.dirname,
  input: {
    main: 'src/main.ts',
    ...Object.fromEntries(Object.entries(loadedByName).map(([name, file]) => [name, `../../packages/${file}`])),
  },
  platform: 'node',
  external: [
    // Native code; the audited release, checked when it is installed; loaded in parts, by the files it has.
    'better-sqlite3',
    'node-ipc',
    'undici',
    // Asked for by sources only.
    './serve-adapter.ts',
    // Fastify's compilers of schemas, which no route has (create-http-server.ts), and its requests for tests.
    '@fastify/ajv-compiler',
    '@fastify/fast-json-stringify-compiler',
    'light-my-request',
  ],
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  plugins: [lazyBuiltins(), asciiOnly(), removeStale(['chunk-*.js', 'main.js.map'])],
  output: {
    // Over what the compiler wrote: the entry keeps its name.
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name].js',
    // From a megabyte on Node keeps a source outside of the heap, with two bytes for each character.
    codeSplitting: {
      groups: [
        { name: 'http', test: /node_modules[\\/](?:fastify|find-my-way|avvio|light-my-request|semver|pino)[\\/]/ },
        { name: 'protocols', test: /packages[\\/](?:wire|translate|router)[\\/]/ },
        { name: 'vendor', test: /node_modules[\\/](?:zod|yaml)[\\/]/ },
      ],
    },
  },
});
