"""Reads what is no image, with pydicom or Python's own zip and XML, as JSON.

    python documents.py solid FILE     an Encapsulated STL: its attributes, and the hash of the STL
    python documents.py report FILE    an SR: template, coding schemes, groups and evidence
    python documents.py 3mf FILE       a 3MF: its parts, unit, title, objects (vertices, triangles) and what is built
"""

import hashlib
import json
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

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


def report(path):
    dataset = pydicom.dcmread(path)
    schemes = [item.CodingSchemeDesignator for item in dataset.CodingSchemeIdentificationSequence]
    used = set()
    groups = 0

    def walk(item):
        nonlocal groups
        for keyword in ('ConceptNameCodeSequence', 'ConceptCodeSequence'):
            if keyword in item:
                used.add(code(item[keyword].value)[1])
        groups += 'ConceptNameCodeSequence' in item and code(item.ConceptNameCodeSequence)[0] == '125007'
        for child in item.get('ContentSequence', []):
            walk(child)

    walk(dataset)
    series = dataset.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
    return {
        'sopClass': dataset.SOPClassUID.name,
        'template': dataset.ContentTemplateSequence[0].TemplateIdentifier,
        'schemes': schemes,
        'undeclared': sorted(used - set(schemes) - {'DCM', 'SCT', 'UCUM', 'LN', 'IBSI', 'RFC5646'}),
        'groups': groups,
        'evidence': sum(len(item.ReferencedSOPSequence) for item in series),
    }


def three_mf(path):
    core = '{http://schemas.microsoft.com/3dmanufacturing/core/2015/02}'
    with zipfile.ZipFile(path) as package:
        ElementTree.fromstring(package.read('[Content_Types].xml'))
        relationships = ElementTree.fromstring(package.read('_rels/.rels'))
        target = relationships[0].get('Target')
        model = ElementTree.fromstring(package.read(target.lstrip('/')))
        names = package.namelist()
        damaged = package.testzip()
    meshes = model.iter(f'{core}mesh')
    return {
        'damaged': damaged,
        'first': names[0],
        'model': target,
        'unit': model.get('unit'),
        'title': model.find(f"{core}metadata[@name='Title']").text,
        'objects': [[len(mesh[0]), len(mesh[1])] for mesh in meshes],
        'built': [item.get('objectid') for item in model.iter(f'{core}item')],
    }


if __name__ == '__main__':
    command, path = sys.argv[1:]
    print(json.dumps({'solid': solid, 'report': report, '3mf': three_mf}[command](path)))
