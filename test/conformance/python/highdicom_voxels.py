"""Reads and writes segmentations with highdicom, which validates what it reads against the standard.

    python highdicom_voxels.py read FOLDER     FOLDER/ours.dcm: voxels by patient position, as JSON
    python highdicom_voxels.py write FOLDER    segmentations of the voxels in FOLDER/voxels.json
"""

import json
import os
import sys

import highdicom as hd
import numpy as np
from dicom_voxels import ct_slices, masks_on_slices
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless, RLELossless


def read(folder):
    segmentation = hd.seg.segread(os.path.join(folder, 'ours.dcm'))
    voxels = {}
    described = [segmentation.get_segment_description(int(n)) for n in segmentation.segment_numbers]
    for number in segmentation.segment_numbers:
        volume = segmentation.get_volume(segment_numbers=[int(number)], allow_missing_positions=True)
        array = volume.array[..., 0]
        voxels[int(number)] = volume.map_indices_to_reference(np.argwhere(array)).tolist()
    return {
        'labels': [d.segment_label for d in described],
        'families': [d.algorithm_identification.family.meaning for d in described],
        'tracking': [d.tracking_id for d in described],
        'sources': len(segmentation.get_source_image_uids()),
        'voxels': voxels,
    }


def descriptions(count):
    return [
        hd.seg.SegmentDescription(
            segment_number=number + 1,
            segment_label=f'Segment {number + 1}',
            segmented_property_category=codes.SCT.AnatomicalStructure,
            segmented_property_type=codes.SCT.Skull,
            algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        )
        for number in range(count)
    ]


def write(folder):
    with open(os.path.join(folder, 'voxels.json'), encoding='utf-8') as file:
        voxels = json.load(file)
    slices = ct_slices(folder)
    masks = masks_on_slices(slices, voxels)
    stacked = np.moveaxis(masks, 0, -1)
    labels = np.zeros(masks.shape[1:], np.uint8)
    for number, mask in enumerate(masks):
        labels[mask] = number + 1
    types = hd.seg.SegmentationTypeValues
    for name, kind, pixels, syntax in (
        ('binary', types.BINARY, stacked.astype(np.uint8), ExplicitVRLittleEndian),
        ('fractional', types.FRACTIONAL, stacked * 0.75, ExplicitVRLittleEndian),
        ('labelmap', types.LABELMAP, labels, ExplicitVRLittleEndian),
        ('labelmap-rle', types.LABELMAP, labels, RLELossless),
        ('labelmap-jpeg-ls', types.LABELMAP, labels, JPEGLSLossless),
        ('fractional-jpeg-ls', types.FRACTIONAL, stacked * 0.75, JPEGLSLossless),
    ):
        hd.seg.Segmentation(
            source_images=slices,
            pixel_array=pixels,
            segmentation_type=kind,
            segment_descriptions=descriptions(len(masks)),
            series_instance_uid=hd.UID(),
            series_number=9,
            sop_instance_uid=hd.UID(),
            instance_number=1,
            manufacturer='highdicom',
            manufacturer_model_name='highdicom',
            software_versions='1',
            device_serial_number='1',
            max_fractional_value=100,
            transfer_syntax_uid=syntax,
            omit_empty_frames=True,
        ).save_as(os.path.join(folder, f'{name}.dcm'))


if __name__ == '__main__':
    command, argument = sys.argv[1:]
    print(json.dumps({'read': read, 'write': write}[command](argument)))
