export type { Fidelity, FidelityLine, ImportedVariable, ImportReport } from './fidelity.js';
export { type ImportedConfig, importConfig, type ImportRequest, type ImportTool, importTools } from './import-config.js';
export type { ImportSource } from './read-source.js';
export { type WriteImportOptions, writeImport, type WrittenImport } from './write-import.js';
