import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPublished } from '@ccproxy-internal/test-kit';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { Stage } from '../stage.ts';

/** Packs every public package and judges the tarballs as npm users will get them. */
export const publintStage: Stage = {
  name: 'publint of the tarballs',
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ccp-pack-'));
    try {
      const tarballs = await packPublished(folder);
      const problems: string[] = [];
      let failed = 0;
      for (const file of tarballs) {
        const { messages, pkg } = await publint({
          pack: { tarball: new Uint8Array(readFileSync(file)).buffer },
          strict: true,
        });
        const bad = messages.filter((message) => message.type !== 'suggestion');
        if (bad.length > 0) failed += 1;
        problems.push(...bad.map((message) => `${String(pkg['name'])}: ${formatMessage(message, pkg) ?? message.code}`));
      }
      return { passed: tarballs.length - failed, failed, output: problems.join('\n') };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
