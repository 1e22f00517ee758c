import { describe, expect, it } from 'vitest';
import { choosePort } from './choose-port.js';
import { errors } from './errors.js';

/** Listens everywhere but on the ports that are taken; a free port is 50000. */
const listener = (...taken: number[]) => {
  const tried: number[] = [];
  return {
    tried,
    tryListen: (port: number) => {
      tried.push(port);
      return taken.includes(port)
        ? Promise.reject(errors.CCP_PORT_TAKEN({ message: `${port}` }))
        : Promise.resolve(port === 0 ? 50_000 : port);
    },
  };
};

describe('choosePort', () => {
  it.each([
    [{ explicit: 8080, remembered: 4000 }, [], 8080, 'explicit', [8080]],
    [{ explicit: undefined, remembered: 4000 }, [], 4000, 'remembered', [4000]],
    [{ explicit: undefined, remembered: 4000 }, [4000], 3456, 'preferred', [4000, 3456]],
    [{ explicit: undefined, remembered: undefined }, [], 3456, 'preferred', [3456]],
    [{ explicit: undefined, remembered: 4000 }, [4000, 3456], 50_000, 'free', [4000, 3456, 0]],
    [{ explicit: undefined, remembered: 3456 }, [3456], 50_000, 'free', [3456, 0]],
    [{ explicit: undefined, remembered: 70_000 }, [], 3456, 'preferred', [3456]],
    [{ explicit: undefined, remembered: Number.NaN }, [], 3456, 'preferred', [3456]],
    [{ explicit: undefined, remembered: 0 }, [], 3456, 'preferred', [3456]],
  ])('[A3] %j with %j taken is %i (%s)', async (wish, taken, listening, rule, order) => {
    const { tried, tryListen } = listener(...taken);
    expect(await choosePort({ ...wish, tryListen })).toEqual({ listening, rule });
    expect(tried).toEqual(order);
  });

  it('[A3] an explicit port that is taken is an error, not another port', async () => {
    const { tried, tryListen } = listener(8080);
    await expect(choosePort({ explicit: 8080, remembered: 4000, tryListen })).rejects.toMatchObject({ code: 'CCP_PORT_TAKEN' });
    expect(tried).toEqual([8080]);
  });

  it('passes on any other failure', async () => {
    const tryListen = () => Promise.reject(errors.CCP_LISTEN_FAILED({ message: 'no such address' }));
    await expect(choosePort({ explicit: undefined, remembered: 4000, tryListen })).rejects.toMatchObject({ code: 'CCP_LISTEN_FAILED' });
  });
});
