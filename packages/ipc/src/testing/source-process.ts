const hook = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    const source = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
    return next(source ? specifier.slice(0, -3) + '.ts' : specifier, context);
  },
});`;

/** Flags with which Node runs a TypeScript source file of this repository, without a build. */
export const sourceProcessFlags: readonly string[] = [
  '--conditions=@ccproxy/source',
  '--disable-warning=ExperimentalWarning',
  '--import',
  `data:text/javascript,${encodeURIComponent(hook)}`,
];

/** Arguments for `process.execPath` that run such a file as a process of its own. */
export const sourceProcessArgs = (entry: string, ...args: readonly string[]): string[] => [...sourceProcessFlags, entry, ...args];
