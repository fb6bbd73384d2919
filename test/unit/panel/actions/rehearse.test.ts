import { describe, expect, it } from 'vitest';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { smallRehearsal, type Job } from '../../worker/fakes.ts';
import { answer, isAhead, service, setUpService, state, workersDo } from '../serviceUnderTest.ts';

setUpService();

describe('rehearsing', () => {
  it('says that there is nothing to rehearse yet', async () => {
    await service.rehearse();
    expect(state().error?.message).toContain('reconstruct first');
  });

  it('repeats the method of the result on its skull and patch, until there is another', async () => {
    await service.reconstruct();
    const { reconstruction } = state().result ?? {};
    const jobs: Job[] = [];
    workersDo((job, worker) => {
      if (!isAhead(job)) jobs.push(job);
      return answer(job, worker);
    });
    // What is chosen for the next run does not matter.
    service.setMethod('mirror');
    service.chooseModel('ct-base');
    await service.rehearse();
    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toMatchObject({
      kind: 'rehearse',
      method: 'network',
      model: 'lite',
      patch: reconstruction?.patch.mask,
      toCanonical: reconstruction?.alignment.toCanonical,
    });
    expect(state().result?.rehearsal).toEqual(smallRehearsal());
    expect(state().result?.reconstruction).toBe(reconstruction);
    await service.reconstruct();
    expect(state().result?.rehearsal).toBeUndefined();
  });

  it('leaves the result as it was when it fails', async () => {
    await service.reconstruct();
    const before = state().result;
    workersDo(() => {
      throw new CranioplastyError('no-reference', 'No bone.');
    });
    await service.rehearse();
    expect(state().error).toEqual({ code: 'no-reference', message: 'No bone.' });
    expect(state().result).toBe(before);
  });
});
