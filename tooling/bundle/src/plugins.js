// What the bundles of the command line and of the daemon share: see their rolldown.config.js.
import { globSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

const prefix = '\0builtin:';
const isName = (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== 'default';

/**
 * Imports of Node's own modules become reads of the properties that are used. An `import` reads every property of the module, and some of
 * them load what nobody here uses: `node:http` brings Node's fetch and WebSocket along, `node:fs` its streams, `node:crypto` WebCrypto
 * (measured: 13, 2 and 1 MB). `require` reads nothing and stays as it is. A module in `late` is loaded only when something it exports is called,
 * constructed or looked into.
 */
export const lazyBuiltins = (late = []) => ({
  name: 'lazy-builtins',
  resolveId(id, importer, { kind }) {
    // The bundler's own: in a file that everything else asks for, it stays what it is.
    if (importer?.startsWith('\0rolldown')) return undefined;
    const name = id.replace(/^node:/, '');
    return kind === 'import-statement' && builtinModules.includes(name) ? { id: prefix + name, moduleSideEffects: false } : undefined;
  },
  load(id) {
    if (!id.startsWith(prefix)) return undefined;
    const name = `node:${id.slice(prefix.length)}`;
    const keys = Object.keys(Object.getOwnPropertyDescriptors(process.getBuiltinModule(name))).filter(isName);
    if (late.includes(name)) return lateBuiltin(name, keys);
    return [
      `const found = process.getBuiltinModule('${name}');`,
      'const read = (key) => found[key];',
      ...keys.map((key, index) => `const v${index} = /* @__PURE__ */ read('${key}');\nexport { v${index} as ${key} };`),
      'export { found as default };',
    ].join('\n');
  },
});

/** Stands for a function, a class or the module itself, and asks for the module when it is used. */
const lateBuiltin = (name, keys) => `const found = () => process.getBuiltinModule('${name}');
const late = (read) => new Proxy(function () {}, {
  apply: (_, self, args) => Reflect.apply(read(), self, args),
  construct: (_, args) => new (read())(...args),
  get: (_, key) => read()[key],
});
${keys.map((key, index) => `const v${index} = /* @__PURE__ */ late(() => found()['${key}']);\nexport { v${index} as ${key} };`).join('\n')}
const all = /* @__PURE__ */ late(found);
export { all as default };`;

/** `const name = require('…');` as TypeScript writes it, with or without a helper that adds a default. */
const topRequire = /^const (\w+) = ((?:__import(?:Default|Star)\()?require\(["'][^"']+["']\)\)?);$/gm;

/**
 * Modules that TypeScript made for CommonJS ask for everything they might need when they are loaded; those of `files` ask when they use it
 * first. Only where each use reads a property, so that it can be told apart from a name in a text.
 */
export const lazyRequires = (files) => ({
  name: 'lazy-requires',
  transform(code, id) {
    if (!files.test(id)) return undefined;
    let late = code;
    for (const [declaration, name, required] of code.matchAll(topRequire)) {
      const uses = late.replace(declaration, '').match(new RegExp(`(?<![\\w$.])${name}(?![\\w$])(?!\\.[\\w$])`));
      if (uses !== null) continue;
      late = late
        .replace(declaration, `let ${name}$; const ${name}_ = () => (${name}$ ??= ${required});`)
        .replaceAll(new RegExp(`(?<![\\w$.])${name}(?=\\.[\\w$])`, 'g'), `(${name}_())`);
    }
    return { code: late };
  },
});

const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** V8 keeps a file of ASCII alone with one byte for each character; a single other one makes it two. */
export const asciiOnly = () => ({
  name: 'ascii-only',
  renderChunk: (code) => ({ code: code.replaceAll(/[\u0080-\uffff]/g, escaped) }),
});

/** Removes what an earlier bundle, or the compiler, left under `patterns`. Afterwards: what runs meanwhile finds what it looks for. */
export const removeStale = (patterns) => ({
  name: 'remove-stale',
  writeBundle({ dir }, written) {
    for (const file of globSync(patterns, { cwd: dir })) if (!(file.replaceAll('\\', '/') in written)) rmSync(join(dir, file));
  },
});
