import { type ConfigFlags, loadConfig, type LoadedConfig } from '@ccproxy/config';
import { type AppPaths, CcproxyError } from '@ccproxy/kernel';
import { type Finding, ok, problem, warning } from './finding.js';

/** Whether a daemon could start with the configuration in use, and what it would warn about. */
export async function checkConfiguration(
  flags: ConfigFlags,
  paths: AppPaths,
  place: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<{ findings: Finding[]; loaded: LoadedConfig | undefined }> {
  const check = 'configuration';
  try {
    const loaded = await loadConfig({ flags, env: place.env, cwd: place.cwd, paths });
    const unavailable = Object.values(loaded.config.providers).flatMap(({ name, unavailable: reason }) =>
      reason === undefined
        ? []
        : [warning(check, `provider ${name} cannot be used: ${reason}`, 'Set the variable it names, or remove the provider.')],
    );
    const warnings = loaded.warnings.map(({ message, hint }) => warning(check, message, hint));
    // Code of the user's own, whatever it does: it is named wherever somebody looks for a fault.
    const { routing = {}, observers = {}, providers = {} } = loaded.config.plugins ?? {};
    const modules = [
      ...Object.values(routing).map(({ name, module }) => ok(check, `the routing module ${name} is ${module}`)),
      ...Object.values(observers).map(({ name, module }) => ok(check, `the observer ${name} is ${module}`)),
      ...Object.values(providers).map(({ name, module }) => ok(check, `the provider adapter ${name} is ${module}`)),
    ];
    const valid = ok(check, `${loaded.file ?? 'the built-in default'} is valid`);
    return { findings: [valid, ...modules, ...unavailable, ...warnings], loaded };
  } catch (error) {
    if (!CcproxyError.isInstance(error)) throw error;
    const where =
      error.where === undefined
        ? ''
        : ` (${[error.where.file, error.where.line, error.where.column].filter((part) => part !== undefined).join(':')})`;
    return { findings: [problem(check, `${error.message}${where}`, error.hint)], loaded: undefined };
  }
}
