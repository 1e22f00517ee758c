import { createRequire } from 'node:module';

/** Version of this package, as published. */
export const daemonVersion: string = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
