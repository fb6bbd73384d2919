import type { CaseDescription } from '../../../../extension/src/services/report/caseReport.ts';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../worker/fakes.ts';
import { maskOnCt, reconstructionOnCt } from '../fakeViewer.ts';
import { answer, service, setUpService, state, viewer, workersDo } from '../serviceUnderTest.ts';

setUpService();

describe('comparing two shapes', () => {
  /** Runs a comparison and returns the job that it sent. */
  async function compare(): Promise<Job | undefined> {
    let sent: Job | undefined;
    workersDo((job, worker) => {
      sent = job;
      return answer(job, worker);
    });
    await service.compare();
    return sent;
  }

  it('says that there is nothing to compare yet', async () => {
    await service.compare();
    expect(state().error?.message).toContain('reconstruct first');
    expect(viewer.layout).toBe('usual');
  });

  it('shows patch and implant side by side, coloured by where they differ, and goes back', async () => {
    await service.reconstruct();
    const { patch, implant } = reconstructionOnCt();
    expect(await compare()).toMatchObject({
      kind: 'compare',
      first: { data: patch.mask.data },
      second: { data: implant.mask.data },
    });
    expect(state().compared?.labels).toEqual([
      'Skull patch of this result',
      'Implant of this result',
    ]);
    expect(viewer.layout).toBe('compared');
    expect(viewer.surfaces.map(({ id, side }) => [id, side])).toEqual([
      ['skull', undefined],
      ['first', 'first'],
      ['second', 'second'],
    ]);
    expect([...(viewer.surfaces[1].colours ?? [])]).toEqual([247, 247, 247, 103, 0, 31, 5, 48, 97]);
    // Both outlines on the planes, one after the other.
    expect([...(viewer.contours?.mesh.triangles ?? [])]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(viewer.contours?.mesh.positions).toHaveLength(18);
    expect(new Set(viewer.contours?.colours.slice(0, 9))).toEqual(new Set([230, 159, 0]));

    // Above each stands which it is.
    expect(viewer.scene.notes).toEqual({
      first: 'Skull patch of this result',
      second: 'Implant of this result',
    });

    service.showSideBySide(false);
    expect(viewer.scene.notes).toBeUndefined();
    expect(viewer.layout).toBe('usual');
    expect(viewer.contours).toBeUndefined();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
    service.showSideBySide(true);
    expect(viewer.layout).toBe('compared');
  });

  it('takes any other segment, but not the skull that was closed', async () => {
    await service.reconstruct();
    const ct = viewer.findCt();
    expect(service.comparables(ct).map(({ label }) => label)).toEqual([
      'Skull patch of this result',
      'Implant of this result',
    ]);
    const id = await viewer.showSegmentation(ct, {
      label: 'Expert',
      rgb: [1, 2, 3],
      mask: maskOnCt(9),
    });
    service.chooseComparables([`loaded:${id}:1`, 'result:patch']);
    viewer.skull = maskOnCt(9);
    expect(await compare()).toMatchObject({ first: { data: viewer.skull.data } });
    expect(state().compared?.labels[0]).toBe('Expert');
  });

  it('says so when a chosen segment is gone', async () => {
    await service.reconstruct();
    service.chooseComparables(['loaded:gone:1', 'result:patch']);
    await service.compare();
    expect(state().error?.message).toContain('no longer there');
    expect(viewer.layout).toBe('usual');
  });

  it('is void once a shape is edited or made anew, and the usual layout comes back', async () => {
    await service.reconstruct();
    await service.compare();
    viewer.edit(viewer.idOf('Implant'), 40);
    expect(state().compared).toBeUndefined();
    expect(viewer.layout).toBe('usual');
    await service.compare();
    await service.reconstruct();
    expect(state().compared).toBeUndefined();
    expect(viewer.layout).toBe('usual');
  });

  it('stands in the report', async () => {
    await service.reconstruct();
    await service.compare();
    await service.downloadReport();
    const [page, json] = viewer.files.slice(-2);
    const report = JSON.parse(String(json.bytes)) as CaseDescription;
    expect(report).toMatchObject({
      comparison: { first: { label: 'Skull patch of this result', alone: 1 }, hd95: 1.5 },
    });
    // A shape has one set of figures: not others because it was compared.
    const { edited: _, ...patch } = report.shapes.skullPatch;
    expect(report.comparison?.first.measurements).toEqual(patch);
    expect(String(page.bytes)).toContain('<td>Volume, of each</td><td>1.0 ml, 1.0 ml</td>');
    // On paper nothing can be hovered over: each figure is explained once.
    const [, meanings] = String(page.bytes).split('What the figures mean');
    expect(meanings.match(/Thickness, 99th percentile/g)).toHaveLength(1);
  });
});
