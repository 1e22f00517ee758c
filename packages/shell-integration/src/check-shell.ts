import { findStubs } from './edit-rc.js';
import { readRcFile } from './rc-file.js';
import { renderStub } from './render-stub.js';
import { shellFiles } from './shell-files.js';
import type { ShellKind } from './shell-kind.js';
import { expectedShellFiles, readText, type ShellFilesOptions } from './write-shell-files.js';

export interface ShellFinding {
  readonly name: 'stub' | 'hook' | 'completion' | 'prompt';
  readonly ok: boolean;
  readonly text: string;
}

/** What stands between this shell and its hook. Changes nothing. @throws CCP_SHELL_RC_UNUSABLE and the coded errors of the file system */
export async function checkShell(
  shell: ShellKind,
  options: ShellFilesOptions & { readonly rcFile: string },
): Promise<readonly ShellFinding[]> {
  const rc = await readRcFile(options.rcFile);
  const files = shellFiles(shell, options.shellDir);
  const expected = await expectedShellFiles(shell, options);
  const findings: ShellFinding[] = [stubFinding(shell, rc.text ?? '', options.rcFile, files.hook)];
  for (const [file, text] of expected) {
    const found = await readText(file);
    const name = file === files.completion ? 'completion' : 'hook';
    if (found === undefined) findings.push({ name, ok: false, text: `${file} is missing` });
    else if (found !== text) findings.push({ name, ok: false, text: `${file} is of another version, or was changed` });
    else findings.push({ name, ok: true, text: `${file} is up to date (${options.version})` });
  }
  if (shell === 'bash') findings.push(...promptFindings(rc.text ?? '', options.rcFile));
  return findings;
}

function stubFinding(shell: ShellKind, text: string, rcFile: string, hookFile: string): ShellFinding {
  const stubs = findStubs(text);
  const [first] = stubs;
  if (first === undefined) return { name: 'stub', ok: false, text: `${rcFile} does not load the hook` };
  const known = [true, false].flatMap((withClaude) =>
    [true, false].map((createsFile) =>
      Buffer.from(renderStub(shell, { hookFile, withClaude, createsFile }), 'utf8').toString('latin1').trim(),
    ),
  );
  if (!stubs.every((stub) => known.includes(stub.text.trim()))) {
    return { name: 'stub', ok: false, text: `${rcFile} loads another hook than ${hookFile}, or the lines were changed` };
  }
  const often = stubs.length === 1 ? '' : `, ${stubs.length} times, which is once too often but does no harm`;
  return { name: 'stub', ok: true, text: `${rcFile} loads the hook${often}` };
}

/** `PROMPT_COMMAND=…` after the stub throws out what stands at index 0: our hook, when the variable was in use before. */
function promptFindings(text: string, rcFile: string): readonly ShellFinding[] {
  const after = text.slice(findStubs(text).at(-1)?.end ?? text.length);
  const line = after.split('\n').find((candidate) => /^\s*(?:export\s+)?PROMPT_COMMAND=(?!.*\$\{?PROMPT_COMMAND)/u.test(candidate));
  if (line === undefined) return [];
  return [
    {
      name: 'prompt',
      ok: false,
      text: `${rcFile} sets PROMPT_COMMAND after the hook was loaded (\`${line.trim()}\`): move that line before the stub`,
    },
  ];
}
