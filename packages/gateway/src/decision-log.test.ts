import { describe, expect, it } from 'vitest';
import { DecisionLog } from './decision-log.js';

const facts = {
  model: 'm',
  class: undefined,
  agentType: undefined,
  stream: true,
  tokens: { estimate: 1, exact: false },
  sessionId: undefined,
};
const plan = {
  kind: 'plan',
  route: 'r',
  attempts: [{ target: 't', provider: 'p', model: undefined }],
  explanation: [],
  dropped: [],
} as const;

describe('DecisionLog', () => {
  it('[C5] keeps the newest, bounded, and gives them newest first', () => {
    const log = new DecisionLog(3);
    expect(log.recent(5)).toEqual([]);
    for (let index = 1; index <= 5; index += 1) log.add(`req-${index}`, index, facts, plan);
    expect(log.recent(10).map((record) => record.requestId)).toEqual(['req-5', 'req-4', 'req-3']);
    expect(log.recent(1)).toMatchObject([{ requestId: 'req-5', route: 'r', targets: ['t'], facts: { model: 'm' } }]);
  });
});
