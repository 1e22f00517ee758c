// As an import it would load the file streams too, 4 ms.
const { readFileSync } = process.getBuiltinModule('node:fs');

/** Version of this package, as published. */
export const cliVersion: string = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
