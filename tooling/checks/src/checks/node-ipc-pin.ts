import type { Check } from '../check.ts';
import { importStatements, packageOf } from '../import-statements.ts';
import { readLockfile } from '../lockfile.ts';

const onlyFile = 'packages/ipc/src/node-ipc-transport.ts';

/**
 * The one release that was read line by line, and what it pulls in. Two releases of this package attacked their users:
 * a new one is read before this table changes.
 */
const audited = {
  version: '14.0.0',
  integrity: 'sha512-d5+aogND4Gk6aQkW5KCibliM4Mn12+isHXt8wFghO4Bn0gBSnev3TXJWQ4eEnzrlh5gCG+nwQEZwyayeDtQxQA==',
  brings: ['easy-stack@2.1.0', 'event-pubsub@6.1.1', 'js-message@3.1.0', 'js-queue@3.1.0', 'strong-type@2.0.0'],
};

/** node-ipc is exactly the audited release, byte for byte, and one file imports it. */
export const nodeIpcPin: Check = {
  name: 'node-ipc pin',
  run: (repository) => {
    const { packages = {} } = readLockfile(repository);
    const locked = Object.keys(packages);
    const versionsOf = (name: string): string[] => locked.filter((key) => key.startsWith(`${name}@`));
    return [
      ...repository.packages.flatMap(({ folder, manifest }) => {
        const range = manifest.dependencies?.['node-ipc'];
        return range === undefined || range === audited.version
          ? []
          : [`${folder}/package.json: node-ipc is "${range}", not exactly "${audited.version}".`];
      }),
      ...versionsOf('node-ipc')
        .filter((key) => key !== `node-ipc@${audited.version}`)
        .map((key) => `pnpm-lock.yaml: holds ${key}; only ${audited.version} is allowed.`),
      ...(packages[`node-ipc@${audited.version}`]?.resolution?.integrity === audited.integrity
        ? []
        : [`pnpm-lock.yaml: the integrity of node-ipc@${audited.version} is not that of the audited release.`]),
      ...audited.brings.flatMap((wanted) => {
        const found = versionsOf(wanted.slice(0, wanted.lastIndexOf('@')));
        return found.length === 1 && found[0] === wanted
          ? []
          : [`pnpm-lock.yaml: holds ${found.join(', ') || 'nothing'} where ${wanted} was audited.`];
      }),
      ...repository.files
        .filter((file) => /^(?:packages|apps)\/.*\.(?:ts|js|mjs)$/.test(file) && file !== onlyFile)
        .filter((file) => importStatements(repository.read(file)).some(({ specifier }) => packageOf(specifier) === 'node-ipc'))
        .map((file) => `${file}: imports node-ipc; only ${onlyFile} may.`),
    ];
  },
};
