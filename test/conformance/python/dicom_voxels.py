"""Reads and writes segmentations with pydicom alone, as an independent check of geometry and voxels.

    python3 dicom_voxels.py read SEG           set voxels of each segment by patient position, as JSON
    python3 dicom_voxels.py read-ct FOLDER     CT numbers at every position, as JSON
    python3 dicom_voxels.py write FOLDER       segmentations of the voxels in FOLDER/voxels.json

Works with pydicom 2.3 (Debian) and 3. Positions are mm, DICOM LPS.
"""

import glob
import json
import os
import random
import sys

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, RLELossless, generate_uid

SEGMENTATION = UID('1.2.840.10008.5.1.4.1.1.66.4')
LABEL_MAP = UID('1.2.840.10008.5.1.4.1.1.66.7')


def group(dataset, frame, name):
    """First item of a functional group: the frame's own, else the shared one."""
    for groups in (
        dataset.PerFrameFunctionalGroupsSequence[frame],
        dataset.SharedFunctionalGroupsSequence[0],
    ):
        if name in groups:
            return groups[name].value[0]
    raise KeyError(name)


def plane(position, orientation, spacing):
    """Origin and the steps along i (columns) and j (rows), mm (PS3.3, C.7.6.2.1.1)."""
    cosines = np.array(orientation, float)
    return (
        np.array(position, float),
        cosines[:3] * float(spacing[1]),
        cosines[3:] * float(spacing[0]),
    )


def frames_of(dataset):
    """Pixels of every frame, unpacked here rather than by pydicom."""
    count, rows, columns = int(dataset.NumberOfFrames), dataset.Rows, dataset.Columns
    if dataset.BitsAllocated == 1:
        bits = np.unpackbits(np.frombuffer(dataset.PixelData, np.uint8), bitorder='little')
        return bits[: count * rows * columns].reshape(count, rows, columns)
    return dataset.pixel_array.reshape(count, rows, columns)


def read(path):
    dataset = pydicom.dcmread(path)
    voxels = {int(s.SegmentNumber): [] for s in dataset.SegmentSequence}
    for frame, pixels in enumerate(frames_of(dataset)):
        origin, along_i, along_j = plane(
            group(dataset, frame, 'PlanePositionSequence').ImagePositionPatient,
            group(dataset, frame, 'PlaneOrientationSequence').ImageOrientationPatient,
            group(dataset, frame, 'PixelMeasuresSequence').PixelSpacing,
        )
        number = int(group(dataset, frame, 'SegmentIdentificationSequence').ReferencedSegmentNumber)
        for j, i in np.argwhere(pixels):
            voxels[number].append((origin + i * along_i + j * along_j).tolist())
    return {
        'frameOfReferenceUID': str(dataset.FrameOfReferenceUID),
        'frames': int(dataset.NumberOfFrames),
        'labels': [str(s.SegmentLabel) for s in dataset.SegmentSequence],
        'voxels': voxels,
    }


def ct_slices(folder):
    return [pydicom.dcmread(path) for path in sorted(glob.glob(os.path.join(folder, 'ct', '*.dcm')))]


def read_ct(folder):
    values = []
    for ct in ct_slices(folder):
        origin, along_i, along_j = plane(ct.ImagePositionPatient, ct.ImageOrientationPatient, ct.PixelSpacing)
        hu = ct.pixel_array * float(ct.RescaleSlope) + float(ct.RescaleIntercept)
        for (j, i), value in np.ndenumerate(hu):
            values.append([*(origin + i * along_i + j * along_j).tolist(), value])
    return values


def masks_on_slices(slices, voxels):
    """Boolean array [segment, slice, row, column] of voxels given by patient position."""
    masks = np.zeros((len(voxels), len(slices), slices[0].Rows, slices[0].Columns), bool)
    for k, ct in enumerate(slices):
        origin, along_i, along_j = plane(ct.ImagePositionPatient, ct.ImageOrientationPatient, ct.PixelSpacing)
        axes = np.column_stack([along_i, along_j])
        for segment, positions in enumerate(voxels):
            for position in positions:
                offset = np.array(position) - origin
                index, *_ = np.linalg.lstsq(axes, offset, rcond=None)
                if np.linalg.norm(axes @ index - offset) > 0.05:
                    continue
                i, j = np.rint(index).astype(int)
                assert np.allclose(index, (i, j), atol=0.05), 'a voxel lies between pixels'
                masks[segment, k, j, i] = True
    assert masks.sum() == sum(map(len, voxels)), 'a voxel lies on no slice'
    return masks


def item(**attributes):
    dataset = Dataset()
    for name, value in attributes.items():
        setattr(dataset, name, value)
    return dataset


def code(value, scheme, meaning):
    return Sequence([item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)])


def write_one(path, slices, masks, kind, bits, rle=False):
    """Writes masks [segment, slice, row, column] with frames in random order, empty ones left out."""
    source = slices[0]
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = LABEL_MAP if kind == 'LABELMAP' else SEGMENTATION
    dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.is_little_endian, dataset.is_implicit_VR = True, False
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID
    dataset.SeriesInstanceUID = generate_uid()
    for name in ('PatientID', 'PatientName', 'StudyInstanceUID', 'FrameOfReferenceUID'):
        setattr(dataset, name, getattr(source, name))
    dataset.Modality = 'SEG'
    dataset.SeriesDescription = f'{kind} {bits}'
    dataset.Rows, dataset.Columns = source.Rows, source.Columns
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, 'MONOCHROME2'
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit, dataset.PixelRepresentation = bits - 1, 0
    dataset.SegmentationType = kind
    if kind == 'FRACTIONAL':
        dataset.SegmentationFractionalType, dataset.MaximumFractionalValue = 'PROBABILITY', 250
    dataset.SegmentSequence = Sequence(
        [
            item(
                SegmentNumber=number + 1,
                SegmentLabel=f'Segment {number + 1}',
                SegmentAlgorithmType='MANUAL',
                SegmentedPropertyCategoryCodeSequence=code('123037004', 'SCT', 'Anatomical Structure'),
                SegmentedPropertyTypeCodeSequence=code('89546000', 'SCT', 'Skull'),
            )
            for number in range(len(masks))
        ]
    )
    measures = item(PixelSpacing=source.PixelSpacing, SliceThickness=source.SliceThickness)
    orientation = item(ImageOrientationPatient=source.ImageOrientationPatient)
    dataset.SharedFunctionalGroupsSequence = Sequence(
        [item(PixelMeasuresSequence=Sequence([measures]), PlaneOrientationSequence=Sequence([orientation]))]
    )
    frames = []
    for k, ct in enumerate(slices):
        position = Sequence([item(ImagePositionPatient=ct.ImagePositionPatient)])
        if kind == 'LABELMAP':
            labels = np.zeros(masks.shape[2:], np.uint8 if bits == 8 else np.uint16)
            for number, mask in enumerate(masks[:, k]):
                labels[mask] = number + 1
            if labels.any():
                frames.append((labels, item(PlanePositionSequence=position)))
            continue
        for number, mask in enumerate(masks[:, k]):
            if mask.any():
                identification = Sequence([item(ReferencedSegmentNumber=number + 1)])
                groups = item(PlanePositionSequence=position, SegmentIdentificationSequence=identification)
                frames.append((mask, groups))
    random.Random(7).shuffle(frames)
    dataset.NumberOfFrames = len(frames)
    dataset.PerFrameFunctionalGroupsSequence = Sequence([groups for _, groups in frames])
    pixels = np.stack([pixels for pixels, _ in frames])
    if kind == 'BINARY':
        packed = np.packbits(pixels.ravel(), bitorder='little').tobytes()
    elif kind == 'FRACTIONAL':
        packed = np.where(pixels, 125, 124).astype(np.uint8).tobytes()
    else:
        packed = pixels.tobytes()
    dataset.PixelData = packed + b'\0' * (len(packed) % 2)
    dataset['PixelData'].VR = 'OW' if bits == 16 else 'OB'
    if rle:
        dataset.compress(RLELossless, pixels, encoding_plugin='pydicom')
    dataset.save_as(path, write_like_original=False)


def write(folder):
    with open(os.path.join(folder, 'voxels.json'), encoding='utf-8') as file:
        voxels = json.load(file)
    slices = ct_slices(folder)
    masks = masks_on_slices(slices, voxels)
    for name, kind, bits, rle in (
        ('binary', 'BINARY', 1, False),
        ('fractional', 'FRACTIONAL', 8, False),
        ('labelmap8', 'LABELMAP', 8, False),
        ('labelmap16', 'LABELMAP', 16, False),
        ('labelmap8-rle', 'LABELMAP', 8, True),
        ('labelmap16-rle', 'LABELMAP', 16, True),
    ):
        write_one(os.path.join(folder, f'{name}.dcm'), slices, masks, kind, bits, rle)


if __name__ == '__main__':
    command, argument = sys.argv[1:]
    print(json.dumps({'read': read, 'read-ct': read_ct, 'write': write}[command](argument)))
