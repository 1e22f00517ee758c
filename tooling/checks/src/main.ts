import { fileURLToPath } from 'node:url';
import type { Check } from './check.ts';
import { cliClosureCheck } from './checks/cli-closure.ts';
import { dependencyList } from './checks/dependency-list.ts';
import { errorCodes } from './checks/error-codes.ts';
import { fileSize } from './checks/file-size.ts';
import { importFloors } from './checks/import-floors.ts';
import { missionRows } from './checks/mission-rows.ts';
import { nodeIpcPin } from './checks/node-ipc-pin.ts';
import { packListCheck } from './checks/pack-lists.ts';
import { packageSameness } from './checks/package-sameness.ts';
import { publishedImports } from './checks/published-imports.ts';
import { referenceDocs } from './checks/reference-docs.ts';
import { supplyChain } from './checks/supply-chain.ts';
import { translationRowsCheck } from './checks/translation-rows.ts';
import { words } from './checks/words.ts';
import { openRepository } from './repository.ts';

const checks: readonly Check[] = [
  importFloors,
  publishedImports,
  cliClosureCheck,
  packageSameness,
  errorCodes,
  referenceDocs,
  missionRows,
  translationRowsCheck,
  packListCheck,
  nodeIpcPin,
  dependencyList,
  fileSize,
  words,
  supplyChain,
];

/** `pnpm check [name part]`: runs the checks over this checkout; the last line is the tally. */
const only = process.argv[2];
const repository = openRepository(fileURLToPath(new URL('../../..', import.meta.url)));
let passed = 0;
let failed = 0;
for (const check of checks.filter(({ name }) => only === undefined || name.includes(only))) {
  const problems = await check.run(repository);
  if (problems.length === 0) passed += 1;
  else failed += 1;
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${check.name}`);
  for (const problem of problems) console.log(`     ${problem}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
