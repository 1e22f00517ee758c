import { isBuiltin } from 'node:module';
import { basename } from 'node:path/posix';
import type { Check } from '../check.ts';
import { importStatements, packageOf } from '../import-statements.ts';
import { runtimeDependencies } from '../package-manifest.ts';
import { published } from '../repository.ts';

/** The files that ship import only what their package declares: a hoisted development dependency must not be missed. */
export const publishedImports: Check = {
  name: 'published imports',
  run: (repository) =>
    published(repository).flatMap((member) => {
      const files = [...repository.filesBelow(`${member.folder}/dist`), ...repository.filesBelow(`${member.folder}/bin`)];
      if (!files.some((file) => file.startsWith(`${member.folder}/dist/`) && file.endsWith('.js'))) {
        return [`${member.folder}: is not built; run \`pnpm build\` before the checks.`];
      }
      const declared = runtimeDependencies(member.manifest);
      return (
        files
          // A chunk holds the code of other packages, with whatever their comments say; what it leaves out is decided where it is made.
          .filter((file) => /\.(?:js|d\.ts)$/.test(file) && !basename(file).startsWith('chunk-'))
          .flatMap((file) =>
            importStatements(repository.read(file)).flatMap(({ specifier }) => {
              const name = packageOf(specifier);
              return name === undefined || name === member.name || name in declared || isBuiltin(name)
                ? []
                : [`${file}: ships an import of "${name}", which ${member.folder}/package.json does not declare as a dependency.`];
            }),
          )
      );
    }),
};
