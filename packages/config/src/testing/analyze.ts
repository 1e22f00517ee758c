import { type Analysis, analyzeConfig, type AnalyzeOptions } from '../analyze-config.js';

/** Analyses a text with nothing around it but the variables given. */
export function analyze(
  text: string,
  env: Readonly<Record<string, string>> = {},
  options: Partial<AnalyzeOptions> = {},
): Promise<Analysis> {
  return analyzeConfig(text, {
    file: 'ccproxy.yaml',
    directory: '/etc/ccproxy',
    home: '/home/user',
    shared: false,
    overrides: undefined,
    sources: {
      variable: (name) => (Object.hasOwn(env, name) ? env[name] : undefined),
      file: (path) => Promise.resolve({ reason: `${path} cannot be read (ENOENT)` }),
    },
    ...options,
  });
}

/** `line:column code path` of every diagnostic. */
export function summarize({ diagnostics }: Pick<Analysis, 'diagnostics'>): string[] {
  return diagnostics.map(({ where, code, path }) => `${where.line}:${where.column} ${code} ${path}`);
}
