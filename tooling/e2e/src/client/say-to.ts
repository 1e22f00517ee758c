import { foundPage } from '../foreign/search-engine.ts';
import type { Said, SaidCall } from '../foreign/said.ts';

/** What the command prints; the model repeats it. */
export const toolOutput = 'printed-by-the-tool';
export const firstOutput = 'first-übung-🚀';
export const secondOutput = 'second-output';
/** Words of a prompt, each a task. */
export const tasks = { two: 'TWO_AT_ONCE', agent: 'DELEGATE_IT', search: 'SEARCH_THE_WEB' } as const;
export const query = 'the query of the model';
const subagentTask = 'TASK_OF_THE_SUBAGENT';
const delegated = 'delegated already';
const subagentAnswer = 'ANSWER_OF_THE_SUBAGENT';

/** In two words, so that only the output of the command has them as one. */
const bash = (id: string, output: string): SaidCall => ({
  id,
  name: 'Bash',
  input: { command: `echo ${output.replaceAll('-', '"-"')}`, description: 'Prints a word' },
});
const agent: SaidCall = {
  id: 'call_agent',
  name: 'Agent',
  input: { description: delegated, prompt: subagentTask, subagent_type: 'general-purpose' },
};

/** What the model says to a request: it calls a tool, then it repeats what came of it. */
export function sayTo(body: string): Said {
  if (body.includes(tasks.two)) return sayTwo(body);
  if (body.includes(tasks.agent))
    return body.includes(delegated) ? { text: `Done: ${body.includes(subagentAnswer) ? subagentAnswer : 'waiting'}` } : { calls: [agent] };
  if (body.includes(subagentTask)) return { text: subagentAnswer };
  if (body.includes(tasks.search))
    return body.includes(foundPage.url)
      ? { text: `Found: ${foundPage.url}` }
      : { calls: [{ id: 'call_search', name: 'WebSearch', input: { query } }] };
  if (body.includes(query)) return sayFound(body);
  if (body.includes(toolOutput)) return { text: `The tool said: ${toolOutput}` };
  return body.includes('"Bash"') ? { thinking: 'I will print it.', calls: [bash('call_1', toolOutput)] } : { text: 'ok' };
}

/** Ids as Kimi writes them: no client takes them as they are. */
function sayTwo(body: string): Said {
  if (body.includes(firstOutput) && body.includes(secondOutput)) return { text: `Both: ${firstOutput} ${secondOutput}` };
  if (!body.includes('"Bash"')) return { text: 'ok' };
  return {
    thinking: 'Zwei auf einmal: ä 🚀',
    text: 'Beide – gleich.',
    calls: [bash('functions.Bash:0', firstOutput), bash('functions.Bash:1', secondOutput)],
  };
}

/** The request of the client's WebSearch: the provider searches, or the model calls the function it got. */
function sayFound(body: string): Said {
  if (body.includes('"type":"web_search"') || body.includes('"googleSearch"'))
    return { search: { query, url: foundPage.url }, text: 'The page says so.' };
  if (body.includes(foundPage.content)) return { text: 'The page says so.' };
  return { calls: [{ id: 'call_engine', name: 'web_search', input: { query } }] };
}
