import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Repository } from '../repository.ts';
import { type JsonSchema, shapeOf } from './shape-of.ts';

interface Declared {
  readonly name: string;
  readonly permission: string;
  readonly input: z.ZodType;
  readonly output?: z.ZodType;
  readonly event?: z.ZodType;
}

/** The control channel's methods and streams, from the schemas that parse them. undefined when the package is not built. */
export async function renderIpcMethods(repository: Repository): Promise<string | undefined> {
  const file = 'packages/ipc/dist/index.js';
  if (!repository.exists(file)) return undefined;
  const module = (await import(pathToFileURL(join(repository.root, file)).href)) as Readonly<Record<string, unknown>>;
  const methods = Object.values(module)
    .filter(isDeclared)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [
    '# IPC methods',
    'What the daemon answers on its control socket, for clients that hold the token of `run/token`. Generated from the schemas: `pnpm docs`.',
    ...methods.map(section),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(method: Declared): string {
  const { event, output } = method;
  const answer =
    event === undefined
      ? `Output: \`${output === undefined ? '' : shape(output, 'output')}\``
      : `Each event: \`${shape(event, 'output')}\``;
  return [
    `## ${method.name}`,
    `${event === undefined ? 'Method' : 'Stream'}, permission \`${method.permission}\`.`,
    `Input: \`${shape(method.input, 'input')}\``,
    answer,
  ].join('\n\n');
}

function shape(schema: z.ZodType, io: 'input' | 'output'): string {
  return shapeOf(z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema);
}

function isDeclared(value: unknown): value is Declared {
  if (typeof value !== 'object' || value === null) return false;
  return 'name' in value && 'permission' in value && 'input' in value && ('output' in value || 'event' in value);
}
