import { big } from './big.ts';
import { burst } from './burst.ts';
import { fan } from './fan.ts';
import { rps } from './rps.ts';
import { small } from './small.ts';
import { translate } from './translate.ts';
import { turn1, turn8 } from './turn.ts';
import type { Workload } from './workload.ts';

export const allWorkloads: readonly Workload[] = [small, rps, turn1, turn8, big, burst, fan, translate];
