export { type Conflict, detectConflicts, type DetectConflictsOptions } from './detect-conflicts.js';
export { tokenHeader } from './custom-headers.js';
export { errors as launchErrors } from './errors.js';
export { type ExecutableProbe } from './executable-probe.js';
export { findClaude, type FindClaudeOptions, type FoundClaude } from './find-claude.js';
export { insideMarker, refuseInside } from './inside-marker.js';
export { parseClaudeArgs, type ParsedClaudeArgs, withSettingsFile } from './parse-claude-args.js';
export { readSettingsArguments } from './read-settings-argument.js';
export { runClaude, type RunClaudeOptions, type SignalSource } from './run-claude.js';
export { buildSessionSettings, type SessionCapabilities, type SessionSettingsOptions } from './session-settings.js';
export { type SessionSettingsFile, sweepSessionSettings, writeSessionSettings } from './session-settings-file.js';
export {
  argumentsLayer,
  effectiveEnvironment,
  type LayerPlaces,
  type LayerScope,
  readSettingsLayers,
  settingsFiles,
  type SettingsLayer,
} from './settings-layers.js';
export { mergeSettings, type SettingsObject } from './settings-object.js';
