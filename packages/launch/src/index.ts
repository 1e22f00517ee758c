export { type Conflict, detectConflicts, type DetectConflictsOptions } from './detect-conflicts.js';
export { tokenHeader } from './custom-headers.js';
export { errors as launchErrors } from './errors.js';
export { type ExecutableProbe } from './executable-probe.js';
export { findClaude, type FindClaudeOptions, type FoundClaude } from './find-claude.js';
export { insideMarker, refuseInside } from './inside-marker.js';
export { parseClaudeArgs, type ParsedClaudeArgs, withSettingsFile } from './parse-claude-args.js';
export { readSettingsArguments } from './read-settings-argument.js';
export { becomeProgram, obstacleToBecoming } from './become-program.js';
export { findProgram, type FoundProgram } from './find-program.js';
export { becomeClaude, runClaude, type RunClaudeOptions } from './run-claude.js';
export { runProgram, type RunProgramOptions, type SignalSource } from './run-program.js';
export { buildSessionSettings, sessionEnvironment, type SessionCapabilities, type SessionSettingsOptions } from './session-settings.js';
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
