import type { LoggedRequest } from '@ccproxy-internal/test-kit';
import { describe, expect, it } from 'vitest';
import { type ClassWorld, openClassWorld, type TargetName, targets } from './class-world.ts';
import { openTerminal } from './terminal.ts';

const agentCall = (type: string, prompt: string): string =>
  `[[tool:Agent ${JSON.stringify({ description: type, prompt, subagent_type: type })}]]`;
const askedAgent = 'COUNT_THE_FILES';
const askedExplorer = 'LOOK_AROUND';
const query = 'weather of tomorrow';

/** A session in a terminal in which every kind of request happens once or more. */
async function useEverything(world: ClassWorld): Promise<void> {
  const terminal = openTerminal(world.side, ['--permission-mode', 'acceptEdits', '--allowedTools', 'WebSearch'], world.processes);
  const say = async (text: string): Promise<void> => {
    terminal.type(text);
    await terminal.shows(text.slice(0, 60));
    terminal.press('Enter');
  };
  try {
    await terminal.shows('❯');
    await say('please say hello');
    await terminal.shows('● FAKE_OK: please say hello');
    await world.reached('titles', 1);
    await say(agentCall('general-purpose', askedAgent));
    await world.reached('agents', 1);
    // One turn calls the agent, one hears that it works, and one that it is done.
    await world.reached('default', 4);
    await say(agentCall('Explore', askedExplorer));
    await world.reached('default', 7);
    await say(`[[tool:WebSearch {"query":"${query}"}]]`);
    await world.reached('small', 1);
    await world.reached('default', 9);
    await say('/compact');
    await world.reached('compaction', 1);
    await terminal.shows('Compacted');
    await say('say it once more');
    await terminal.shows('● FAKE_OK: say it once more');
  } finally {
    terminal.close();
  }
}

/** What a request is, from its bytes alone. */
function kindOf({ rawBody }: LoggedRequest): string {
  const body = rawBody.toString('utf8');
  const system = body.slice(body.indexOf('"system":'), body.indexOf('"system":') + 400);
  if (system.includes('cc_is_subagent=true')) return body.includes(askedExplorer) ? 'explorer' : 'agent';
  if (body.includes('"web_search_20250305"')) return 'search';
  if (body.includes('"json_schema"')) return 'title';
  return body.lastIndexOf('"CRITICAL: Respond with TEXT ONLY') > body.lastIndexOf('"role":"user"') ? 'compaction' : 'main';
}

/** Kinds of the requests an upstream got, and the class the client gave them when it says it. */
const seenAt = (world: ClassWorld, target: TargetName): string[] =>
  world.upstreams[target].messages().map((request) => {
    const named = request.headers.find(([name]) => name.toLowerCase() === 'x-claude-code-request-class')?.[1];
    return named === undefined ? kindOf(request) : `${kindOf(request)} (${named})`;
  });

describe('what Claude Code sends', () => {
  it.each([
    [
      'with hints, by class and type of agent',
      { CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1' },
      {
        default: ['main (main)'],
        compaction: ['compaction (compaction)'],
        explore: ['explorer (subagent)'],
        agents: ['agent (subagent)'],
        titles: ['title (auxiliary)'],
        small: ['search (auxiliary)'],
      },
    ],
    [
      'without hints, by the signs of each; what type an agent is it does not say',
      {},
      { default: ['main'], compaction: ['compaction'], explore: [], agents: ['agent', 'explorer'], titles: ['title'], small: ['search'] },
    ],
  ] as const)('[C1][B10] lands on the target of its rule %s', async (_name, env, expected) => {
    await using world = await openClassWorld(env);
    await useEverything(world);
    const seen = Object.fromEntries(targets.map((target) => [target, [...new Set(seenAt(world, target))].toSorted()]));
    expect(seen).toEqual(expected);
    // The client named the model of the session each time, so that no rule on its name could have told them apart.
    const models = targets.flatMap((target) => world.upstreams[target].messages().map(({ body }) => (body as { model: string }).model));
    expect(new Set(models)).toEqual(new Set(['claude-opus-5-5']));
  });
});
