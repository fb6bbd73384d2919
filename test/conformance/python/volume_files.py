"""Reads `ours.nii.gz` and `ours.nrrd` of a folder and writes the same voxels in other ways.

    python volume_files.py FOLDER     set voxels by patient position (LPS, mm) of each file read, as JSON
"""

import json
import os
import sys

import nibabel
import nrrd
import numpy as np
import SimpleITK as sitk

TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def positions(array, affine_lps):
    indices = np.argwhere(array)
    return (indices @ affine_lps[:3, :3].T + affine_lps[:3, 3]).tolist()


def main(folder):
    path = lambda name: os.path.join(folder, name)  # noqa: E731
    image = nibabel.load(path('ours.nii.gz'))
    mask = np.asarray(image.dataobj)
    assert np.allclose(image.get_sform(), image.get_qform(), atol=1e-4), 'sform and qform differ'
    ours, header = nrrd.read(path('ours.nrrd'))
    assert header['space'] == 'left-posterior-superior'
    lps = np.eye(4)
    lps[:3, :3] = np.asarray(header['space directions']).T
    lps[:3, 3] = header['space origin']

    ras = image.affine
    nibabel.save(nibabel.Nifti1Image(mask, ras), path('sform.nii.gz'))
    only_qform = nibabel.Nifti1Image(mask.astype(np.int16), ras)
    only_qform.set_qform(ras, code=1)
    only_qform.set_sform(None, code=0)
    nibabel.save(only_qform, path('qform.nii'))
    nibabel.save(nibabel.Nifti2Image(mask, ras), path('nifti2.nii.gz'))
    nibabel.save(nibabel.Nifti1Image(mask.astype(np.float32), ras), path('float.nii'))
    for name, space, affine, encoding in (
        ('raw.nrrd', 'left-posterior-superior', lps, 'raw'),
        ('ras.nrrd', 'right-anterior-superior', TO_LPS @ lps, 'gzip'),
    ):
        nrrd.write(
            path(name),
            ours.astype(np.int16),
            {
                'space': space,
                'space directions': affine[:3, :3].T,
                'space origin': affine[:3, 3],
                'kinds': ['domain'] * 3,
                'encoding': encoding,
            },
        )
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    for name, kind, packed in (
        ('raw.mha', np.uint8, False),
        ('zlib.mha', np.int16, True),
        ('raw.mhd', np.float32, False),
        ('zlib.mhd', np.int32, True),
    ):
        volume = sitk.GetImageFromArray(ours.astype(kind).T)
        volume.SetSpacing(spacing.tolist())
        volume.SetOrigin(lps[:3, 3].tolist())
        volume.SetDirection((lps[:3, :3] / spacing).ravel().tolist())
        sitk.WriteImage(volume, path(name), useCompression=packed)
    return {
        'ours.nii.gz': positions(mask, TO_LPS @ ras),
        'ours.nrrd': positions(ours, lps),
    }


if __name__ == '__main__':
    print(json.dumps(main(sys.argv[1])))
