const hook = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (!specifier.startsWith('.') || !specifier.endsWith('.js')) throw error;
      return next(specifier.slice(0, -3) + '.ts', context);
    }
  },
});`;

/** Arguments for `process.execPath` that run a TypeScript source file of this repository as a process of its own, without a build. */
export const sourceProcessArgs = (entry: string, ...args: readonly string[]): string[] => [
  '--conditions=@ccproxy/source',
  '--disable-warning=ExperimentalWarning',
  '--import',
  `data:text/javascript,${encodeURIComponent(hook)}`,
  entry,
  ...args,
];
