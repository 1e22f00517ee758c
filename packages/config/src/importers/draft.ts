import type { ConfigPath } from '../diagnostic.js';
import { freeName } from './config-text.js';
import type { DraftLine, Fidelity } from './fidelity.js';

export type Section = Record<string, unknown>;

/** The parts of a configuration an importer writes, as they stand in the file. */
export interface DraftConfig {
  readonly server: Section;
  readonly logging: Section;
  readonly providers: Record<string, Section>;
  readonly models: Record<string, Section>;
  readonly capabilities: Record<string, Section>;
  readonly routes: Section[];
  readonly retry: Section;
}

const emptySection = (): Section => Object.create(null) as Section;

/** What is to be written, and what is to be said about it. */
export class Draft {
  readonly config: DraftConfig = {
    server: emptySection(),
    logging: emptySection(),
    providers: Object.create(null) as Record<string, Section>,
    models: Object.create(null) as Record<string, Section>,
    capabilities: Object.create(null) as Record<string, Section>,
    routes: [],
    retry: emptySection(),
  };
  readonly lines: DraftLine[] = [];
  readonly #told = new Set<string>();
  /** Variables for keys that were not copied, by key. */
  readonly literals = new Map<string, string>();
  /** Variables the old file itself reads. */
  readonly readVariables: ReadonlySet<string>;

  constructor(readVariables: ReadonlySet<string> = new Set()) {
    this.readVariables = readVariables;
  }

  mapped(key: ConfigPath, to?: ConfigPath, note?: string, source = 0): void {
    this.#line('mapped', key, to, note, source);
  }

  approximated(key: ConfigPath, to: ConfigPath | undefined, note: string, source = 0): void {
    this.#line('approximated', key, to, note, source);
  }

  refused(key: ConfigPath, note: string, source = 0): void {
    this.#line('refused', key, undefined, note, source);
  }

  /** Whether there is a line about exactly this key. */
  told(key: ConfigPath, source = 0): boolean {
    return this.#told.has(JSON.stringify([source, ...key]));
  }

  /** A target under a name like `wanted`; returns the name. */
  addTarget(wanted: string, target: Section): string {
    const name = freeName(wanted, (taken) => taken in this.config.models);
    this.config.models[name] = target;
    return name;
  }

  addProvider(wanted: string, provider: Section): string {
    const name = freeName(wanted, (taken) => taken in this.config.providers);
    this.config.providers[name] = provider;
    return name;
  }

  /** A rule under a name like `wanted`; returns its path. */
  addRule(wanted: string, rule: Section): ConfigPath {
    const name = freeName(wanted, (taken) => this.config.routes.some((each) => each['name'] === taken));
    this.config.routes.push({ name, ...rule });
    return ['routes', this.config.routes.length - 1];
  }

  /** Everything without a rule goes to Anthropic with the login the client has, as without a file. */
  addClientDefault(): void {
    const name =
      'anthropic' in this.config.providers ? freeName('anthropic-client', (taken) => taken in this.config.providers) : 'anthropic';
    this.config.providers[name] = { type: 'anthropic', auth: 'client' };
    this.config.models['default'] = { provider: name };
  }

  #line(fidelity: Fidelity, key: ConfigPath, to: ConfigPath | undefined, note: string | undefined, source: number): void {
    this.#told.add(JSON.stringify([source, ...key]));
    this.lines.push({ source, key, fidelity, ...(to === undefined ? {} : { to }), ...(note === undefined ? {} : { note }) });
  }
}
