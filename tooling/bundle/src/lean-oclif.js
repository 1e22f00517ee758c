// What a command pays for oclif and does not use. Every text is looked for in one file of @oclif/core: a version without it fails the build.
import { lazyRequires } from './plugins.js';

const changes = [
  {
    // The package asks for processes and promises of files, to find programs of Windows; what is asked here is in another one.
    file: 'util/os.js',
    from: "return (await import('wsl-utils')).isWsl ? 'wsl'",
    to: "return (await import('is-wsl')).default ? 'wsl'",
  },
  {
    // The names are ASCII, and a collation is 6 ms (measured).
    file: 'config/plugin.js',
    from: '.sort((a, b) => a.id.localeCompare(b.id))',
    to: '.sort((a, b) => (a.id < b.id ? -1 : 1))',
  },
  {
    // It looks at the terminal to find a colour for what nobody reads; 4 ms (measured).
    file: 'logger.js',
    from: 'const debug = (0, debug_1.default)(namespace);',
    to: 'const debug = process.env.DEBUG ? (0, debug_1.default)(namespace) : () => {};',
  },
  {
    // Four turns through the pool of threads, which otherwise need not be started, for each of four small files.
    file: 'util/fs.js',
    from: "const contents = await (0, promises_1.readFile)(path, 'utf8');",
    to: "const contents = (0, node_fs_1.readFileSync)(path, 'utf8');",
  },
];
const inCore = /@oclif[\\/]core[\\/]lib[\\/](.+\.js)$/;

/** `@oclif/core` without the work it does for nothing. */
export const leanOclif = () => {
  const open = new Set(changes);
  return [
    {
      name: 'lean-oclif',
      async resolveId(id, importer) {
        if (id !== 'is-wsl' || !inCore.test(importer)) return undefined;
        const { id: owner } = await this.resolve('wsl-utils', importer);
        return this.resolve(id, owner);
      },
      transform(code, id) {
        const file = inCore.exec(id)?.[1]?.replaceAll('\\', '/');
        let lean = code;
        for (const change of changes) {
          if (change.file !== file) continue;
          if (!code.includes(change.from)) throw new Error(`lean-oclif: ${id} has no longer: ${change.from}`);
          open.delete(change);
          lean = lean.replace(change.from, change.to);
        }
        return lean === code ? undefined : { code: lean };
      },
      buildEnd() {
        if (open.size > 0) throw new Error(`lean-oclif: not found: ${[...open].map(({ file }) => file).join(', ')}`);
      },
    },
    lazyRequires(inCore),
  ];
};
