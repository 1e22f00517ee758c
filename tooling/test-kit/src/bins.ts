import { fileURLToPath } from 'node:url';

/** Folder of the checkout, without a trailing slash. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

/** The built command line, as npm links it. */
export const ccproxyBin = fileURLToPath(new URL('../../../apps/cli/bin/ccproxy.js', import.meta.url));

/** The built daemon. */
export const ccproxydBin = fileURLToPath(new URL('../../../apps/ccproxyd/bin/ccproxyd.js', import.meta.url));
