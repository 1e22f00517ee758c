import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeConfig, type Config } from '@ccproxy/config';
import { systemClock } from '@ccproxy/kernel';
import { type AllowedProject, allowProject } from '../allow-project.js';
import { projectPlaces, type ProjectPlaces } from '../project-places.js';

const userConfig = `
providers: { demo: { type: demo } }
models:
  default: { provider: demo }
  small: { provider: demo, model: demo-small }
profiles: { work: { default: small }, play: {} }
`;

/** A user with a state directory and directories to allow, in a temporary folder. */
export class ProjectBed {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'ccp-projects-')));
  readonly state = join(this.root, 'state');
  readonly envDir = join(this.state, 'env');
  readonly shellDir = join(this.state, 'shell');
  readonly places: ProjectPlaces = projectPlaces(
    { dataDir: join(this.state, 'data'), envDir: this.envDir, shellDir: this.shellDir },
    systemClock,
  );

  /** Makes a directory with a project file. */
  project(name: string, text: string | Uint8Array = 'profile: work\n'): string {
    const directory = join(this.root, 'home', name);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.edit(directory, text);
    return directory;
  }

  edit(directory: string, text: string | Uint8Array): void {
    writeFileSync(join(directory, '.ccproxy.yaml'), text, { mode: 0o600 });
  }

  async selectable(): Promise<Config> {
    const sources = { variable: () => undefined, file: () => Promise.resolve({ reason: 'none' }) };
    const options = { file: 'ccproxy.yaml', directory: this.root, home: this.root, shared: false, overrides: undefined, sources };
    const { config } = await analyzeConfig(userConfig, options);
    if (config === undefined) throw new Error('the configuration of the test is not valid');
    return config;
  }

  async allow(directory: string, uid = process.getuid?.()): Promise<AllowedProject> {
    const features = { toolSearch: true, hintHeaders: true, modelDiscovery: false };
    return allowProject({ places: this.places, directory, selectable: await this.selectable(), features, uid, clock: systemClock });
  }

  /** A file of a project's entry. */
  entry(directory: string, name: string): Buffer {
    return readFileSync(join(this.envDir, directory, name));
  }

  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
