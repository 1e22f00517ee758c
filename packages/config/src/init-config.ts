import { access, copyFile, open } from 'node:fs/promises';
import { type AppPaths, asCcproxyError, ensurePrivateDir, errnoHint, errnoOf, writeFileAtomic } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { foreignHint, foreignOwner } from './foreign-config.js';
import { readConfigFile } from './read-config-file.js';
import { readYaml } from './read-yaml.js';

/** The commented starter; also what is used when there is no file at all. */
export function initConfigText(): string {
  return starter;
}

export interface WrittenConfig {
  readonly file: string;
  /** Where the old file went when --force replaced one. */
  readonly backup: string | undefined;
}

/**
 * Writes the starter to the user's configuration file, mode 0600. Without `force` an existing file is an error; with it the old one is kept
 * as `<file>.bak`. A file of another tool is never touched.
 * @throws CCP_CONFIG_EXISTS, CCP_CONFIG_FOREIGN, and what the file system refuses
 */
export async function writeInitialConfig(options: {
  readonly paths: Pick<AppPaths, 'root' | 'configFile'>;
  readonly force?: boolean;
}): Promise<WrittenConfig> {
  const { root, configFile } = options.paths;
  await ensurePrivateDir(root);
  if (await createNew(configFile)) return { file: configFile, backup: undefined };
  await refuseForeign(configFile);
  if (options.force !== true) {
    throw errors.CCP_CONFIG_EXISTS({ message: `${configFile} is not overwritten`, where: { file: configFile } });
  }
  const backup = `${configFile}.bak`;
  await fileAccess('keep a copy of', backup, () => copyFile(configFile, backup));
  await writeFileAtomic(configFile, starter, { mode: 0o600 });
  return { file: configFile, backup };
}

/** False when something is there, also a link that leads nowhere. */
async function createNew(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(starter);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw errnoHint(error, { action: 'write', file }) ?? asCcproxyError(error);
  }
}

async function refuseForeign(file: string): Promise<void> {
  if (!(await canRead(file))) return;
  const owner = foreignOwner(readYaml((await readConfigFile(file)).text, file).value);
  if (owner === undefined) return;
  throw errors.CCP_CONFIG_FOREIGN({
    message: `${file} belongs to another tool (top-level key \`${owner.key}\`)`,
    hint: foreignHint(owner, file),
    where: { file },
  });
}

async function canRead(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false; // a link that leads nowhere
    throw errnoHint(error, { action: 'read', file }) ?? asCcproxyError(error);
  }
}

async function fileAccess(action: string, file: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw errnoHint(error, { action, file }) ?? asCcproxyError(error);
  }
}

const starter = `# Configuration of ccproxy. Every key is described by \`ccproxy config schema\`;
# \`ccproxy config validate\` checks this file without starting anything.
#
# As it stands, every request goes to Anthropic with the login your client has:
# nothing is added, nothing is removed.

providers:
  anthropic:
    type: anthropic
    auth: client              # forward the credential of the calling client, untouched
  demo:
    type: demo                # built in: answers without any network

  # An API key of your own instead of the client's login. It is read from the
  # environment; while the variable is unset, only this provider is unavailable.
  # work:
  #   type: anthropic
  #   baseUrl: https://gateway.example.com
  #   apiKey: "\${WORK_API_KEY}"

  # Models of other makers. \`ccproxy provider probe NAME\` measures what a model can do.
  # ollama:
  #   type: ollama            # http://127.0.0.1:11434
  # openrouter:
  #   type: openai            # any server with the chat completions protocol
  #   baseUrl: https://openrouter.ai/api/v1
  #   apiKey: "\${OPENROUTER_API_KEY}"
  # gpt:
  #   type: openai-responses
  #   apiKey: "\${OPENAI_API_KEY}"
  # gemini:
  #   type: gemini
  #   apiKey: "\${GEMINI_API_KEY}"

# Targets: what rules may name. \`default\` takes every request that no rule takes.
models:
  default:
    provider: anthropic       # no \`model\`: the one the client asked for
  demo:
    provider: demo
  # small:
  #   provider: anthropic
  #   model: claude-haiku-4-5
  #   fallback: [default]     # tried next when this one fails
  # local:
  #   provider: ollama
  #   model: qwen3:8b
  #   limits: { context: 32768 }

# Rules; the first that fires decides.
routes: []
  # - name: background        # titles, summaries and other small work of the client
  #   when: { class: auxiliary }
  #   to: small
  # - name: long-context
  #   when: { tokens: { over: 180000 } }
  #   to: default
  # - name: try-it
  #   when: { model: "demo*" }
  #   to: demo

# server:
#   host: 127.0.0.1           # another address needs authKey
#   port: 3456                # without it: the last one used, else 3456, else a free one
#   authKey: "\${CC_PROXY_AUTH_KEY:-}"

# logging:
#   level: info
`;
