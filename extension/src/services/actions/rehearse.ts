import { requireResult, type Parts } from '../parts.ts';
import { markReportLeft } from '../storing/markReportLeft.ts';

/** Repeats the reconstruction on the intact side of the skull, to know what to expect of the patch. */
export function rehearse(parts: Parts): Promise<void> {
  const { viewer, store, work } = parts;
  return work.run('rehearse', async (ct, client) => {
    const study = ct.studyInstanceUID;
    const { series, skullSource, modelFolder, reconstruction } = requireResult(parts, study);
    const skull = await viewer.readSkull(skullSource, series);
    const { method, alternative } = reconstruction;
    // It takes about as long as the reconstruction took.
    const run = method === 'network' ? modelFolder : method;
    const rehearsal = await work.followed(study, run, (watch) =>
      client.rehearse({
        skull,
        patch: reconstruction.patch.mask,
        toCanonical: reconstruction.alignment.toCanonical,
        model: modelFolder,
        method,
        alternative,
        ...watch,
      }),
    );
    // The result may have been shown anew or stored meanwhile.
    store.update(study, { result: { ...requireResult(parts, study), rehearsal } });
    markReportLeft(store, study);
  });
}
