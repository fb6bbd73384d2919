import { describe, expect, it } from 'vitest';
import type { CaseDescription } from '../../../../extension/src/services/report/caseReport.ts';
import { reconstructionOnCt } from '../fakeViewer.ts';
import {
  answer,
  service,
  setUpService,
  state,
  study,
  viewer,
  workers,
  workersDo,
} from '../serviceUnderTest.ts';

setUpService();

describe('downloads', () => {
  it('hands out the SEG and both surfaces', async () => {
    await service.reconstruct();
    await service.downloadSeg();
    await service.downloadStl('patch');
    await service.downloadStl('implant');
    expect(viewer.files.map(({ name }) => name)).toEqual([
      'cranioplasty-seg.dcm',
      'skull-patch.stl',
      'implant.stl',
    ]);
    const header = new TextDecoder().decode((viewer.files[1].bytes as Uint8Array).subarray(0, 80));
    expect(header).toContain('Research use only');
    // One triangle.
    expect(viewer.files[1].size).toBe(84 + 50);
  });

  it('makes the surface anew once the shape was edited', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Skull patch'), 41);
    await service.downloadStl('patch');
    expect(workers.flatMap((worker) => worker.jobs.map(({ kind }) => kind))).toContain('remeasure');
  });

  it('says so when there is nothing yet', async () => {
    await service.downloadSeg();
    expect(state().error?.code).toBe('bad-usage');
  });
});

describe('the report', () => {
  it('is a page and JSON with figures, versions, warnings and the reference', async () => {
    await service.reconstruct();
    await service.judgeFit();
    await service.downloadReport();
    expect(state().error).toBeUndefined();
    const [page, json] = viewer.files.slice(-2);
    expect([page.name, json.name]).toEqual([
      'cranioplasty-report.html',
      'cranioplasty-report.json',
    ]);
    const about = JSON.parse(String(json.bytes)) as CaseDescription;
    expect(about).toMatchObject({
      product: { use: 'Research use only, not a medical device' },
      study: { studyInstanceUID: study, skull: 'Skull' },
      shapes: { skullPatch: { edited: false } },
      fit: { judgedBy: expect.stringContaining('Opposite side'), worst: [{ distance: 3 }] },
    });
    expect(new Date(about.created).getTime()).toBeGreaterThan(0);
    const html = String(page.bytes);
    for (const text of [
      'Research use only, not a medical device',
      'data:image/jpeg',
      'Opposite side',
      '1. bump',
      about.model.hash,
      about.study.seriesInstanceUID,
      ...about.warnings.map(({ message }) => message),
    ])
      expect(html).toContain(text);
  });

  it('says what the licence of the model demands, and nothing of a free one', async () => {
    const terms = 'CC-BY-NC-SA-4.0, non-commercial research use';
    await service.reconstruct();
    await service.downloadReport();
    expect(String(viewer.files.at(-2)?.bytes)).not.toContain('non-commercial');
    workersDo((job, worker) => {
      const base = reconstructionOnCt();
      const model = {
        ...base.model,
        name: 'ct-lite',
        licence: 'CC-BY-NC-SA-4.0',
        use: 'non-commercial research use',
      };
      if (job.kind !== 'reconstruct') return answer(job, worker);
      return { ...base, model };
    });
    await service.reconstruct();
    await service.downloadReport();
    const [page, json] = viewer.files.slice(-2);
    expect(String(page.bytes)).toContain(`Model ct-lite 1 (${terms}).`);
    expect(String(page.bytes)).toContain(`<td>Licence of the model</td><td>${terms}</td>`);
    const { model } = JSON.parse(String(json.bytes)) as CaseDescription;
    expect(model).toMatchObject({
      licence: 'CC-BY-NC-SA-4.0',
      use: 'non-commercial research use',
    });
  });

  it('says that nothing was judged, and that a shape was edited', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Implant'), 40);
    await service.downloadReport();
    const [page, json] = viewer.files.slice(-2);
    const about = JSON.parse(String(json.bytes)) as CaseDescription;
    expect(about.fit).toBeUndefined();
    expect(about.shapes).toMatchObject({
      skullPatch: { edited: false },
      implant: { edited: true },
    });
    expect(String(page.bytes)).toContain('Not judged');
  });

  it('needs a result', async () => {
    await service.downloadReport();
    expect(state().error?.message).toContain('reconstruct first');
  });
});
