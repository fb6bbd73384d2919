"""Reads a report of measurements with highdicom: its volumetric groups, as JSON.

    python highdicom_report.py FILE
"""

import json
import sys

from highdicom.sr import srread


def group(found):
    segment = found.referenced_segment
    series = segment.source_series_for_segmentation
    return {
        'tracking': found.tracking_identifier,
        'finding': found.finding_type.meaning,
        'segment': [segment.referenced_sop_instance_uid, *map(int, segment.referenced_segment_numbers)],
        'sourceSeries': series.value if series is not None else '',
        'measurements': [
            [m.name.meaning, m.derivation.meaning if m.derivation else '', m.value]
            for m in found.get_measurements()
        ],
        'evaluations': [[e.name.meaning, e.value.meaning] for e in found.get_qualitative_evaluations()],
    }


if __name__ == '__main__':
    report = srread(sys.argv[1])
    print(json.dumps([group(g) for g in report.content.get_volumetric_roi_measurement_groups()]))
