type Environment = Readonly<Record<string, string | undefined>>;

/** Names of the variables a configuration used, each with a salted hash of its value: what the daemon may keep on disk. */
export type VariableHashes = Readonly<Record<string, string>>;

/** Hashes the variables named. An unset one is recorded too, so that setting it later shows. */
export function hashVariables(names: Iterable<string>, env: Environment, salt: string): VariableHashes {
  return Object.fromEntries([...names].sort().map((name) => [name, hashOf(name, valueOf(env, name), salt)]));
}

/** Names whose value in `env` differs from the one that was used. */
export function compareVariables(
  loaded: { readonly variables: VariableHashes; readonly variablesSalt: string },
  env: Environment,
): string[] {
  return Object.entries(loaded.variables)
    .filter(([name, hash]) => hashOf(name, valueOf(env, name), loaded.variablesSalt) !== hash)
    .map(([name]) => name);
}

/** The value of a variable, never one of the object's prototype. */
export function valueOf(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

/** An unset variable is recorded as such: nothing to hide, and a command that finds all of them unset needs no hash function. */
const unset = 'unset';

function hashOf(name: string, value: string | undefined, salt: string): string {
  if (value === undefined) return unset;
  // Not imported: it takes longer to load than all the rest of a command that finds no variable to compare.
  const { createHmac } = process.getBuiltinModule('node:crypto');
  return createHmac('sha256', salt).update(`${name}\0set:${value}`).digest('base64url').slice(0, 22);
}
