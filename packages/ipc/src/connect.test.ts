import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { sourceProcessFlags } from './testing/source-process.js';

it('@ccproxy/ipc/connect loads neither a validator, nor node-ipc, nor the whole kernel', async () => {
  const entry = fileURLToPath(new URL('./connect.ts', import.meta.url));
  const script = `
    import { registerHooks } from 'node:module';
    const files = [];
    registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
    await import(${JSON.stringify(entry)});
    process.stdout.write(JSON.stringify(files));`;
  const { stdout } = await promisify(execFile)(process.execPath, [...sourceProcessFlags, '--input-type=module', '-e', script]);
  const files = JSON.parse(stdout) as string[];
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => file.startsWith('file:')).length).toBeLessThan(35);
  expect(files.filter((file) => file.endsWith('kernel/src/index.ts'))).toEqual([]);
  expect(files.filter((file) => file.startsWith('file:') && !/\/packages\/(?:ipc|kernel)\/src\//.test(file))).toEqual([]);
});
