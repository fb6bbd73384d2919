import { requireResult, type Parts } from '../parts.ts';

/** Repeats the reconstruction on the intact side of the skull, to know what to expect of the patch. */
export function rehearse(parts: Parts): Promise<void> {
  const { viewer, store, work } = parts;
  return work.run('rehearse', async (ct, client) => {
    const study = ct.studyInstanceUID;
    const { series, skullSource, modelFolder, reconstruction } = requireResult(parts, study);
    const rehearsal = await client.rehearse({
      skull: await viewer.readSkull(skullSource, series),
      patch: reconstruction.patch.mask,
      toCanonical: reconstruction.alignment.toCanonical,
      model: modelFolder,
      method: reconstruction.method,
      ...work.following(study),
    });
    // The result may have been shown anew or stored meanwhile.
    store.update(study, { result: { ...requireResult(parts, study), rehearsal } });
  });
}
