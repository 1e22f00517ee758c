export { checkShell, type ShellFinding } from './check-shell.js';
export { type CommandList, completionTree, type CompletionNode, type CompletionTree } from './completions/completion-tree.js';
export { errors as shellIntegrationErrors } from './errors.js';
export { installShell, type InstallOptions, type InstallResult } from './install-shell.js';
export { renderHook, type HookOptions } from './render-hook.js';
export { renderStub, type StubOptions } from './render-stub.js';
export { rcFileOf, type RcPlace, type ShellKind, shellKinds } from './shell-kind.js';
export { uninstallShell, type UninstallOptions, type UninstallResult } from './uninstall-shell.js';
export { type ShellFilesOptions, writeShellFiles } from './write-shell-files.js';
