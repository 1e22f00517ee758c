import type { Check } from '../check.ts';
import { type PackList, packLists } from '../reference/pack-lists.ts';
import { published, type Repository } from '../repository.ts';

/** Everything else in a tarball is a mistake. */
const mayShip = [
  /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|oclif\.manifest\.json)$/,
  /^bin\/[\w-]+\.(?:js|cmd)$/,
  /^hooks\/hook\.(?:bash|zsh|fish|ps1)$/,
  /^dist\/(?:[\w.-]+\/)*[\w.-]+\.(?:js|js\.map|d\.ts|sql)$/,
];
/** What bundled entries share: made of many sources. */
const isChunk = /^dist\/chunk-[\w-]+\.js$/;
/** What the bundled daemon loads by name: threads, and what they load; made of sources of other packages. */
const isThread = /^dist\/(?:[\w-]+-thread|count-body|serve-adapter)\.js$/;
const isTest = /\.test\.|(?:^|\/)__\w+__\//;

/** A tarball holds the compiled package and its papers: no tests, no sources, nothing left over from a deleted source. */
export const packListCheck: Check = {
  name: 'pack lists',
  run: (repository) => packLists(repository).flatMap((list) => packListProblems(repository, list)),
};

export function packListProblems(repository: Repository, { name, files }: PackList): string[] {
  const member = published(repository).find((candidate) => candidate.name === name);
  if (member === undefined) return [`${name}: would be published but is not a package of the workspace.`];
  const wanted = [
    'package.json',
    'README.md',
    'LICENSE',
    ...Object.values(member.manifest.bin ?? {}).map((file) => file.replace(/^\.\//, '')),
  ];
  return [
    ...wanted.filter((file) => !files.includes(file)).map((file) => `${name}: would ship without ${file}.`),
    ...files
      .filter((file) => isTest.test(file) || !mayShip.some((pattern) => pattern.test(file)))
      .map((file) => `${name}: would ship ${file}.`),
    ...(files.some((file) => file.startsWith('dist/testing/')) && member.manifest.exports?.['./testing'] === undefined
      ? [`${name}: would ship dist/testing, which nobody can import; add "!dist/testing" to files.`]
      : []),
    ...files
      .filter((file) => file.startsWith('dist/') && file.endsWith('.js') && !isChunk.test(file) && !isThread.test(file))
      .filter((file) => !repository.exists(`${member.folder}/${file.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts')}`))
      .map((file) => `${name}: would ship ${file}, whose source is gone; run \`pnpm -r clean\` and build again.`),
  ];
}
