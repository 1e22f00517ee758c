/** What a stage of the verification found. */
export interface StageResult {
  readonly passed: number;
  /** Failed or skipped: both make the run fail. */
  readonly failed: number;
  /** What a person needs to see; shown when something failed. */
  readonly output: string;
  /** What a person wants to see in any case. */
  readonly report?: string;
}

/** One step of `npm test` or its siblings. It reports what it finds; it throws only when it could not look. */
export interface Stage {
  readonly name: string;
  run(): Promise<StageResult>;
}

/** Lists of stages that run at the same time, each list in its order: where one waits, another uses the processor. */
export interface SideBySide {
  readonly sideBySide: readonly (readonly Stage[])[];
}

/** What a run is made of: one after another. */
export type Step = Stage | SideBySide;
