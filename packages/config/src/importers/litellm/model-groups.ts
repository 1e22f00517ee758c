import type { ConfigPath } from '../../diagnostic.js';
import { configText } from '../config-text.js';
import { type Entries, listOf, mapOf, textOf } from '../source-values.js';
import type { DeploymentContext } from './deployment.js';

interface Member {
  readonly key: ConfigPath;
  /** `litellm_params`. */
  readonly params: Entries;
  /** `model_info`. */
  readonly info: Entries;
}

/** The entries of `model_list` under one name. */
export interface Group {
  readonly name: string;
  readonly members: [Member, ...Member[]];
  /** The group whose parameters count: its own, or that of the entry its model names. */
  readonly from: Group;
}

interface Building {
  readonly name: string;
  readonly members: [Member, ...Member[]];
  from: Group;
}

/** Groups in the order of the file. */
export function groupsOf(root: Entries, { draft, source }: DeploymentContext, aliases: boolean): readonly Group[] {
  const groups = new Map<string, Building>();
  for (const [index, entry] of listOf(root['model_list']).entries()) {
    const key: ConfigPath = ['model_list', index];
    const name = textOf(mapOf(entry)['model_name']);
    if (name === undefined || configText(name) === undefined) {
      draft.refused([...key, 'model_name'], 'is no name of a model', source);
      continue;
    }
    const member: Member = { key, params: mapOf(mapOf(entry)['litellm_params']), info: mapOf(mapOf(entry)['model_info']) };
    const known = groups.get(name);
    if (known === undefined) groups.set(name, selfReferring(name, member));
    else known.members.push(member);
  }
  if (aliases) for (const group of groups.values()) group.from = follow(group, groups);
  return [...groups.values()];
}

function selfReferring(name: string, member: Member): Building {
  const group: { name: string; members: [Member, ...Member[]]; from?: Group } = { name, members: [member] };
  return Object.assign(group, { from: group as Group });
}

/** From name to name, as long as the model is the name of another entry. */
function follow(start: Building, groups: ReadonlyMap<string, Building>): Group {
  const seen = new Set<Building>();
  let at = start;
  while (!seen.has(at)) {
    seen.add(at);
    const next = groups.get(textOf(at.members[0].params['model']) ?? '');
    if (next === undefined) break;
    at = next;
  }
  return at;
}
