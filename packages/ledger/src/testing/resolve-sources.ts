/**
 * Lets plain Node run the TypeScript sources of the workspace, whose imports say `.js`:
 * `node --conditions=@ccproxy/source --import <this file> <entry>.ts`. Node strips the types itself.
 */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier.startsWith('.') && specifier.endsWith('.js')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(source)) return nextResolve(source.href, context);
    }
    return nextResolve(specifier, context);
  },
});
