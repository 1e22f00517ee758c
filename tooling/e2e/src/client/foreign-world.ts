import {
  ccproxyBin,
  createProcesses,
  createTempHome,
  type FakeAnthropic,
  startDaemon,
  startFakeAnthropic,
} from '@ccproxy-internal/test-kit';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foreignConfig } from '../foreign/foreign-config.ts';
import { type ForeignModel, startForeignModel } from '../foreign/foreign-model.ts';
import { type SearchEngine, startSearchEngine } from '../foreign/search-engine.ts';
import { clientBin } from './client-bin.ts';
import { clientEnvironment } from './client-environment.ts';
import { createClientHome } from './client-home.ts';
import { startOutboundTrap } from './outbound-trap.ts';
import { sayTo } from './say-to.ts';
import { createSide, type Side } from './side.ts';

/** The real client, a daemon with a target `via-…` for each wire API, Anthropic's API beside them, and a search engine. */
export interface ForeignWorld extends AsyncDisposable {
  readonly model: ForeignModel;
  readonly anthropic: FakeAnthropic;
  readonly engine: SearchEngine;
  readonly side: Side;
  /** A new home for the client; nothing was asked yet. */
  renew(): void;
  /** What the client wrote down of its conversations. */
  transcripts(): string;
}

export async function openForeignWorld(): Promise<ForeignWorld> {
  await using stack = new AsyncDisposableStack();
  const home = stack.use(createClientHome());
  const daemonHome = stack.use(createTempHome());
  const model = stack.use(await startForeignModel(sayTo));
  const engine = stack.use(await startSearchEngine());
  const trap = stack.adopt(await startOutboundTrap(), (open) => open.close());
  const processes = stack.use(createProcesses());
  const anthropic = stack.use(await startFakeAnthropic());
  const { providers, models } = foreignConfig(model.url);
  const daemon = await startDaemon({
    home: daemonHome,
    processes,
    config: {
      providers: { ...providers, anthropic: { type: 'anthropic', baseUrl: anthropic.url, auth: 'client' } },
      models: { default: { provider: 'anthropic' }, ...models },
      webSearch: { searxng: engine.url },
    },
  });
  const env = {
    ...clientEnvironment({ home: home.home, login: 'token', outboundTrap: trap.url }),
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
  };
  const command = [process.execPath, ccproxyBin, 'claude', '--state-dir', daemonHome.stateDir, '--claude-bin', clientBin(), '--'];
  const side = createSide({ name: 'through', home, url: daemon.url, processes, command, env });
  const held = stack.move();
  return {
    model,
    anthropic,
    engine,
    side,
    renew() {
      home.renew();
      model.asked.length = 0;
      engine.queries.length = 0;
      anthropic.reset();
    },
    transcripts: () =>
      globSync(join(home.home, '.claude/projects/**/*.jsonl'))
        .map((file) => readFileSync(file, 'utf8'))
        .join(''),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
