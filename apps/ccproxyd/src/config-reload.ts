import type { Config, LoadedConfig } from '@ccproxy/config';
import type { DaemonModule, PreparedReload } from '@ccproxy/http';
import { asCcproxyError, type CcproxyError, type Clock, type Logger } from '@ccproxy/kernel';
import { type Difference, differencesOf, effectiveConfig } from './effective-config.js';
import { errors } from './errors.js';
import type { SecretRegister } from './secret-register.js';

/** What a reload changed, or would change. */
export interface ReloadOutcome {
  readonly file: string | null;
  readonly changes: readonly Difference[];
}

/** What `/health` and `status` say of the configuration. */
export interface ConfigState {
  /** ms since the epoch: when what is in force was put in force. */
  readonly since: number;
  /** Changes put in force since the daemon started. */
  readonly reloads: number;
  /** Places of the file that take effect when the daemon starts anew. */
  readonly restart: readonly string[];
  /** Why the file as it is now is not in force; null when it is. */
  readonly failure: { readonly at: number; readonly code: string; readonly message: string; readonly where: string | null } | null;
}

export interface ConfigReloadParts {
  readonly first: LoadedConfig;
  /** Reads and checks the configuration; another file than the usual one when it is named. */
  readonly load: (file?: string) => Promise<LoadedConfig>;
  readonly modules: () => readonly DaemonModule[];
  readonly secrets: SecretRegister;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly isDraining: () => boolean;
  /** Told after a configuration was put in force. */
  readonly onApplied: (config: Config) => void;
}

/** The configuration in force. It is replaced as a whole or not at all; what cannot be used leaves the last good one. */
export class ConfigReload {
  readonly #parts: ConfigReloadParts;
  #loaded: LoadedConfig;
  #state: ConfigState;
  #running: Promise<unknown> = Promise.resolve();
  #waiting: Promise<ReloadOutcome> | undefined;

  constructor(parts: ConfigReloadParts) {
    this.#parts = parts;
    this.#loaded = parts.first;
    this.#state = { since: parts.clock.now(), reloads: 0, restart: [], failure: null };
  }

  get loaded(): LoadedConfig {
    return this.#loaded;
  }

  get state(): ConfigState {
    return this.#state;
  }

  /**
   * Reads the file anew and puts it in force. One at a time; whoever asks while one waits to begin shares it.
   * @throws CCP_CONFIG_*, CCP_DAEMON_RELOAD, CCP_DAEMON_STOPPING, CCP_PROVIDER_REQUIRED; then nothing has changed
   */
  reload(): Promise<ReloadOutcome> {
    this.#waiting ??= this.#running.then(() => {
      this.#waiting = undefined;
      return this.#run();
    });
    const waiting = this.#waiting;
    // Its failure is told to whoever asked, and kept in the state.
    this.#running = waiting.catch(() => undefined);
    return waiting;
  }

  /** What a reload would change. @throws CCP_CONFIG_* */
  async compare(file?: string): Promise<ReloadOutcome> {
    const loaded = await this.#parts.load(file);
    return { file: loaded.file, changes: this.#differences(loaded) };
  }

  async #run(): Promise<ReloadOutcome> {
    const { clock, logger, isDraining } = this.#parts;
    if (isDraining()) throw errors.CCP_DAEMON_STOPPING({ message: 'The daemon stops; the next one reads the configuration.' });
    try {
      return await this.#take(await this.#read());
    } catch (thrown) {
      const error = asCcproxyError(thrown);
      this.#state = { ...this.#state, failure: { at: clock.now(), code: error.code, message: error.message, where: placeOf(error) } };
      logger.error({ err: error, where: placeOf(error) }, 'the changed configuration is not used; the last good one stays in force');
      throw error;
    }
  }

  /** A file that is being written or replaced must not pass for an empty one. */
  async #read(): Promise<LoadedConfig> {
    const { file, text } = this.#loaded;
    const next = await this.#parts.load();
    if (file !== null && next.file !== file) throw errors.CCP_DAEMON_RELOAD({ message: `the configuration file ${file} is gone` });
    if (next.text.trim() === '' && text.trim() !== '') {
      throw errors.CCP_DAEMON_RELOAD({ message: `the configuration file ${next.file ?? ''} is empty` });
    }
    return next;
  }

  async #take(next: LoadedConfig): Promise<ReloadOutcome> {
    const { secrets, logger, onApplied } = this.#parts;
    const before = this.#loaded;
    const changes = this.#differences(next);
    const outcome = { file: next.file, changes };
    const restart = changes.flatMap(({ path, restart: needed }) => (needed ? [path] : []));
    const config = effectiveConfig(before.config, next.config, changes);
    for (const secret of next.secrets) secrets.add(secret);
    const forget = (loaded: LoadedConfig): void => {
      for (const secret of loaded.secrets) secrets.remove(secret);
    };
    let gone: readonly Promise<void>[] = [];
    if (changes.length > restart.length) {
      try {
        gone = await this.#swap(config);
      } catch (error) {
        forget(next);
        throw error;
      }
    }
    this.#loaded = { ...next, config };
    // Requests that began before may still meet the old credentials.
    void Promise.allSettled(gone).then(() => forget(before));
    this.#note(changes.length > restart.length, restart);
    if (changes.length > restart.length) {
      onApplied(config);
      logger.info({ file: next.file, changes: changes.map(({ kind, path }) => `${kind} ${path}`) }, 'the configuration was reloaded');
    }
    if (restart.length > 0) logger.warn({ restart }, 'changes that take effect with `ccproxy restart`');
    for (const warning of next.warnings) logger.warn({ warning }, 'configuration warning');
    return outcome;
  }

  #note(applied: boolean, restart: readonly string[]): void {
    const { since, reloads } = this.#state;
    this.#state = {
      since: applied ? this.#parts.clock.now() : since,
      reloads: reloads + (applied ? 1 : 0),
      restart,
      failure: null,
    };
  }

  /** Prepares every module, then swaps all of them without anything in between. */
  async #swap(config: Config): Promise<readonly Promise<void>[]> {
    const prepared: PreparedReload[] = [];
    try {
      for (const module of this.#parts.modules()) {
        const ready = await module.reload?.(config);
        if (ready !== undefined) prepared.push(ready);
      }
    } catch (error) {
      for (const ready of prepared) ready.discard();
      throw error;
    }
    return prepared.map((ready) => ready.apply());
  }

  #differences(next: LoadedConfig): readonly Difference[] {
    const sections = this.#parts.modules().flatMap((module) => (module.reload === undefined ? [] : (module.configSections ?? [])));
    return differencesOf(this.#loaded.config, next.config, new Set(sections));
  }
}

const placeOf = ({ where }: CcproxyError): string | null =>
  where === undefined ? null : [where.file, where.line, where.column].filter((part) => part !== undefined).join(':');
