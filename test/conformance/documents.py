"""Reads what is no image with pydicom, as JSON.

    python documents.py solid FILE    an Encapsulated STL: its attributes, and the hash of the STL
"""

import hashlib
import json
import sys

import pydicom


def code(sequence):
    item = sequence[0]
    return [item.CodeValue, item.CodingSchemeDesignator]


def solid(path):
    dataset = pydicom.dcmread(path)
    stl = dataset.EncapsulatedDocument[: dataset.EncapsulatedDocumentLength]
    return {
        'sopClass': dataset.SOPClassUID.name,
        'modality': dataset.Modality,
        'type': dataset.MIMETypeOfEncapsulatedDocument,
        'unit': code(dataset.MeasurementUnitsCodeSequence),
        'usage': code(dataset.ModelUsageCodeSequence),
        'frameOfReferenceUID': dataset.FrameOfReferenceUID,
        'sources': len(dataset.SourceInstanceSequence),
        'sha256': hashlib.sha256(stl).hexdigest(),
    }


if __name__ == '__main__':
    command, path = sys.argv[1:]
    print(json.dumps({'solid': solid}[command](path)))
