import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { CaseDescription } from '../../../../extension/src/services/report/caseReport.ts';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { tetrahedron } from '../../../support/tetrahedron.ts';
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
      expect.stringMatching(/^P_\d{8}-\d{4}_seg\.dcm$/),
      expect.stringMatching(/^P_\d{8}-\d{4}_skull-patch\.stl$/),
      expect.stringMatching(/^P_\d{8}-\d{4}_implant\.stl$/),
    ]);
    const header = new TextDecoder().decode((viewer.files[1].bytes as Uint8Array).subarray(0, 80));
    expect(header).toContain('Research use only');
    // One triangle.
    expect(viewer.files[1].size).toBe(84 + 50);
  });

  it('hands out surfaces with no more triangles than they need, and as they are without the kernel', async () => {
    await service.reconstruct();
    workersDo((job, worker) => (job.kind === 'lighten' ? tetrahedron() : answer(job, worker)));
    await service.downloadStl('patch');
    await service.downloadThreeMf();
    workersDo((job, worker) => {
      if (job.kind === 'lighten') throw new CranioplastyError('model-unavailable', 'No kernel.');
      return answer(job, worker);
    });
    await service.downloadStl('patch');
    expect(viewer.files.map(({ size }) => size)).toEqual([
      84 + 4 * 50,
      expect.any(Number),
      84 + 50,
    ]);
    expect(state().error).toBeUndefined();
  });

  it('hands out the implant as 3MF, which says what it is and its licence', async () => {
    workersDo((job, worker) => {
      if (job.kind !== 'reconstruct') return answer(job, worker);
      const { model, ...rest } = reconstructionOnCt();
      return { ...rest, model: { ...model, licence: 'CC-BY-NC-SA-4.0', use: 'research' } };
    });
    await service.reconstruct();
    await service.downloadThreeMf();
    const [{ name, bytes }] = viewer.files;
    expect(name).toMatch(/^P_\d{8}-\d{4}_implant\.3mf$/);
    const model = strFromU8(unzipSync(bytes as Uint8Array)['3D/3dmodel.model']);
    expect(model).toContain('<metadata name="Title">Predicted cranial implant</metadata>');
    expect(model).toContain('<metadata name="LicenseTerms">CC-BY-NC-SA-4.0, research</metadata>');
    expect(model).toContain('Research use only, not a medical device');
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
      expect.stringMatching(/^P_\d{8}-\d{4}_report\.html$/),
      expect.stringMatching(/^P_\d{8}-\d{4}_report\.json$/),
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

  it('says whose it is, of which series, and who reads it', async () => {
    viewer.instances = viewer.instances.map((image) => ({
      ...image,
      PatientBirthDate: '19700102',
      AccessionNumber: 'A7',
      SeriesDescription: 'Head bone',
      SliceThickness: 2.5,
    }));
    viewer.user = 'Dr. Login';
    await service.reconstruct();
    await service.downloadReport();
    const about = JSON.parse(String(viewer.files.at(-1)?.bytes)) as CaseDescription;
    expect(about).toMatchObject({
      patient: { name: 'Test, Case', id: 'P', birthDate: '1970-01-02' },
      reader: 'Dr. Login',
      study: {
        date: '2026-01-01',
        accession: 'A7',
        series: 'Head bone',
        sliceDistance: 2,
        sliceThickness: 2.5,
      },
    });
    expect(about.warnings[0].message).toContain('2.5 mm thick');
    const html = String(viewer.files.at(-2)?.bytes);
    for (const words of ['Test, Case, ID P, born 1970-01-02', 'A7', 'Head bone', 'Dr. Login'])
      expect(html).toContain(words);
    service.store.setOutputs({ reader: 'Dr. Typed' });
    await service.downloadReport();
    expect(String(viewer.files.at(-2)?.bytes)).toContain('Dr. Typed');
  });

  it('leaves the person out on request, in the names of files too', async () => {
    service.store.setOutputs({ withoutPerson: true, reader: 'Dr. Typed' });
    viewer.instances = viewer.instances.map((image) => ({ ...image, AccessionNumber: 'A7x' }));
    await service.reconstruct();
    await service.downloadReport();
    await service.downloadStl('patch');
    for (const { name, bytes } of viewer.files) {
      expect(name).toMatch(/^cranioplasty_/);
      expect(String(bytes)).not.toMatch(/Test|A7x|Dr\. Typed/);
    }
  });

  it('has pictures of its own: each shape, the fit, and the planes', async () => {
    await service.reconstruct();
    await service.judgeFit();
    await service.downloadReport();
    const html = String(viewer.files.at(-2)?.bytes);
    const names = [...html.matchAll(/<figcaption>([^<]+)</g)].map(([, name]) => name);
    expect(names).toEqual([
      'Skull patch, from the side of the defect',
      'Implant, from the side of the defect',
      'Fit of the patch, from the side of the defect',
      'Patch and implant, axial through the middle of the patch',
      'Patch and implant, coronal through the middle of the patch',
      'Patch and implant, sagittal through the middle of the patch',
    ]);
    expect(viewer.pictures).toHaveLength(6);
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
