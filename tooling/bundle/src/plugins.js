// What the bundles of the command line and of the daemon share: see their rolldown.config.js.
import { globSync, rmSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { join } from 'node:path';

const prefix = '\0builtin:';
const isName = (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== 'default';

/**
 * Imports of Node's own modules become reads of the properties that are used. An `import` reads every property of the module, and some of
 * them load what nobody here uses: `node:http` brings Node's fetch and WebSocket along, `node:fs` its streams, `node:crypto` WebCrypto
 * (measured: 13, 2 and 1 MB). `require` reads nothing and stays as it is. Of the modules in `late`, which export functions that know nothing of
 * `this`, even the module is loaded only when one of them is called.
 */
export const lazyBuiltins = (late = []) => ({
  name: 'lazy-builtins',
  resolveId(id, _importer, { kind }) {
    const name = id.replace(/^node:/, '');
    return kind === 'import-statement' && builtinModules.includes(name) ? { id: prefix + name, moduleSideEffects: false } : undefined;
  },
  load(id) {
    if (!id.startsWith(prefix)) return undefined;
    const name = `node:${id.slice(prefix.length)}`;
    const keys = Object.keys(Object.getOwnPropertyDescriptors(process.getBuiltinModule(name))).filter(isName);
    const call = (key) => `(...args) => process.getBuiltinModule('${name}').${key}(...args)`;
    if (late.includes(name)) {
      const properties = Object.getOwnPropertyDescriptors(process.getBuiltinModule(name));
      const functions = keys.filter((key) => /^[a-z]/.test(key) && typeof properties[key].value === 'function');
      return functions.map((key) => `export const ${key} = ${call(key)};`).join('\n');
    }
    return [
      `const found = process.getBuiltinModule('${name}');`,
      'const read = (key) => found[key];',
      ...keys.map((key, index) => `const v${index} = /* @__PURE__ */ read('${key}');\nexport { v${index} as ${key} };`),
      'export { found as default };',
    ].join('\n');
  },
});

const latePrefix = '\0late:';

/**
 * Packages that code asks for at its top and mostly does not use: they are run when a property of them is read. For packages of CommonJS that
 * nobody takes apart at once.
 */
export const lateModules = (names) => {
  const files = new Map();
  return {
    name: 'late-modules',
    async resolveId(id, importer, { kind }) {
      if (kind !== 'require-call' || !names.includes(id)) return undefined;
      const found = await this.resolve(id, importer, { skipSelf: true, kind });
      if (found === null || (files.get(id) ?? found.id) !== found.id) return undefined;
      files.set(id, found.id);
      return latePrefix + id;
    },
    load(id) {
      const file = id.startsWith(latePrefix) ? files.get(id.slice(latePrefix.length)) : undefined;
      if (file === undefined) return undefined;
      const isModule = createRequire(file)(file).__esModule === true;
      return `let found;
const load = () => (found ??= require(${JSON.stringify(file)}));
module.exports = new Proxy({}, { get: (_, key) => (key === '__esModule' ? ${isModule} : load()[key]) });`;
    },
  };
};

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
