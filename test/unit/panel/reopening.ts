import { expect, vi } from 'vitest';
import { shownDesign } from '../../../extension/src/state/studyState.ts';
import { tetrahedron } from '../../support/tetrahedron.ts';
import { smallDesign, type Job } from '../worker/fakes.ts';
import { maskOnCt } from './fakeViewer.ts';
import {
  answer,
  reloadPage,
  service,
  state,
  viewer,
  workers,
  workersDo,
} from './serviceUnderTest.ts';

export const ct = () => viewer.findCt();
export const result = () => state().result;
/** In English. */
export const missing = () => state().result?.reopened?.missing.map(({ message }) => message);
export const jobs = (kind: Job['kind']): Job[] =>
  workers.flatMap((worker) => worker.jobs.filter((job) => job.kind === kind));

/** Workers that design an implant with a surface that can be stored. */
export function designing(): void {
  workersDo((job, worker) => {
    if (job.kind !== 'designImplant') return answer(job, worker);
    const size = Number(job.parameters.thickness);
    const { implant, shape } = smallDesign(maskOnCt(6, 7), 10 * size);
    const mesh = tetrahedron(size);
    return {
      implant: { ...implant, parameters: job.parameters, meshes: [mesh] },
      shape: { ...shape, mesh },
    };
  });
}

/** Reconstructs, designs with 3 mm, does more, saves, and loads the page again. */
export async function storedCase(
  more: () => void | Promise<void> = () => undefined,
): Promise<void> {
  designing();
  await service.reconstruct();
  service.setImplantParameters({ thickness: 3 });
  await vi.waitFor(() => expect(shownDesign(result()!)?.implant.parameters.thickness).toBe(3));
  await more();
  await service.save();
  expect(state().error).toBeUndefined();
  reloadPage();
}

export async function reopenLatest(): Promise<void> {
  const [latest] = service.storedResults(ct());
  await service.reopen(latest.segmentation.sopInstanceUID);
}

/** Puts text of the same length in the place of another, from its n-th occurrence on. */
export function altered(file: ArrayBuffer, from: string, to: string, first = 0): ArrayBuffer {
  if (from.length !== to.length) throw new Error('lengths differ');
  const bytes = new Uint8Array(file.slice(0));
  const text = Buffer.from(bytes).toString('latin1');
  let at = text.indexOf(from);
  for (let n = 0; at >= 0; n++, at = text.indexOf(from, at + 1))
    if (n >= first) bytes.set(Buffer.from(to, 'latin1'), at);
  return bytes.buffer;
}
