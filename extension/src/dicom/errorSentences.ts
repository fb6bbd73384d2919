import { speakerOf } from '../engine/words/sentence.ts';

/** Why a DICOM object is refused, in English, by name: what is wrong and what the user can do. */
export const dicomErrors = {
  'error.ct.frames':
    'The multi-frame image does not describe each of its frames: choose the original CT series.',
  'error.ct.no-place':
    'A slice of the CT ({{image}}) lacks a valid position, orientation or pixel spacing: choose the original axial series of the scanner.',
  'error.ct.unnamed': 'The CT does not name its {{what}}: choose another series.',
  'error.ct.single': 'The CT has a single slice: choose a series that covers the head.',
  'error.ct.turned':
    'The CT slices differ in orientation or pixel spacing ({{image}}): choose a series of parallel slices.',
  'error.ct.modality': 'The series is {{modality}}, not CT: choose a head CT series.',
  'error.ct.none': 'There is no CT series here: open a study with a head CT.',
  'error.ct.shifted':
    'The CT slices are shifted sideways against each other, and not evenly as by a tilted gantry (most at {{image}}): choose the original axial series of the scanner.',
  'error.ct.drift':
    'The CT slices drift sideways by {{angle}}°, more than any gantry tilts: choose the original axial series of the scanner.',
  'error.ct.doubled':
    'Two slices of the CT lie at the same position ({{first}} and {{second}}): choose a series with one image for each position.',
  'error.ct.bits':
    'The CT stores {{bits}} bits per pixel, which is not supported: convert it to 16 bits.',
  'error.ct.cut-short':
    'A slice of the CT ({{image}}) is cut short: fetch or export the series again.',
  'error.ct.colour': 'The images are {{kind}}, not CT numbers: choose the original CT series.',
  'error.ct.source-lacks':
    'The source images lack their {{what}}, so a result cannot be tied to them: choose another series.',
  'error.seg.turned':
    'The frames of the segmentation differ in orientation or pixel spacing: choose a segmentation of parallel, evenly spaced slices.',
  'error.seg.shifted':
    'The frames of the segmentation are shifted against each other: choose a segmentation of parallel, evenly spaced slices.',
  'error.seg.uneven':
    'The frames of the segmentation are unevenly spaced: choose a segmentation of parallel, evenly spaced slices.',
  'error.seg.too-large':
    'The segmentation spans {{size}} voxels, more than fit in memory: choose a segmentation of parallel, evenly spaced slices.',
  'error.seg.beside':
    'The segmentation lies up to {{voxels}} voxels beside the voxels of the CT: choose one that was made on this series.',
  'error.seg.beyond':
    'The segmentation reaches beyond the CT: choose one that was made on this series.',
  'error.seg.lacks': 'The segmentation lacks its {{what}}: fetch or export it again.',
  'error.seg.no-number': 'A segment of the segmentation has no number: fetch or export it again.',
  'error.seg.microscope':
    'The segmentation is of a microscope slide (its frames are tiles), not of a CT: choose one of the skull.',
  'error.seg.frames':
    'The segmentation describes {{described}} of its {{frames}} frames: fetch or export it again.',
  'error.seg.no-place':
    'Frame {{frame}} of the segmentation has no valid position, orientation or pixel spacing: export it again with its geometry.',
  'error.seg.no-segment':
    'Frame {{frame}} of the segmentation does not say which segment it shows: fetch or export it again.',
  'error.seg.none':
    'The file is no DICOM segmentation (SOP class {{sopClass}}): choose a segmentation of the skull.',
  'error.seg.foreign':
    'The segmentation belongs to another frame of reference than the CT: choose one that was made on this CT.',
  'error.seg.contradiction':
    'The frames and the list of segments contradict each other: export it again.',
  'error.seg.not-there': 'The segmentation has no segment {{segment}}: choose one of {{list}}.',
  'error.seg.which':
    'The segmentation does not say which segment is the skull: choose one of {{list}}.',
  'error.seg.empty': 'The segment "{{segment}}" is empty: choose a segment that holds the skull.',
  'error.seg.damaged': 'The segmentation is damaged ({{what}}): fetch or export it again.',
  'error.seg.unsupported':
    'The segmentation is stored in a way that is not supported ({{what}}): export it as an uncompressed binary segmentation.',
  'error.seg.lossy':
    'The segmentation is compressed with loss ({{what}}, transfer syntax {{syntax}}), which changes its labels: export it uncompressed or compressed without loss.',
  'error.seg.nothing-to-save': 'There is no segment to save: reconstruct first.',
  'error.seg.label': 'The segment label "{{label}}" must have 1 to 64 characters: shorten it.',
  'error.seg.other-geometry':
    'The segment "{{segment}}" has another geometry than the first one: save them separately.',
  'error.seg.off-ct':
    'The segments do not lie on the voxels of the CT: reconstruct on this CT again.',
  'error.seg.empty-not-saved':
    'The segment "{{segment}}" is empty and was not saved: reconstruct again.',
  'error.report.damaged': 'The stored report is damaged: reconstruct again.',
  'error.report.no-case': 'The stored report holds no case: reconstruct again.',
  'error.report.newer':
    'The stored report was made by a newer version of this software: open it with that version.',
  'error.report.lacks': 'The report lacks its {{what}}: fetch or export it again.',
  'error.report.none':
    'The file is no report of measurements (SOP class {{sopClass}}): choose one of a reconstruction.',
  'error.report.no-shape': 'The segmentation holds no shape that was measured: reconstruct first.',
  'error.stl.lacks': 'The encapsulated STL lacks its {{what}}: fetch or export it again.',
  'error.stl.no-document': 'The encapsulated STL holds no document: fetch or export it again.',
  'error.stl.none':
    'The file is no encapsulated STL (SOP class {{sopClass}}): choose one of an implant.',
  'error.stl.unit': 'The encapsulated STL is in {{unit}}, not in mm: export it again in mm.',
  'error.stl.cut-short':
    'The encapsulated STL is cut short or not binary: fetch or export it again.',
  'error.stl.no-surface': 'The implant has no surface to save: design it again.',
  'error.ct.mixed':
    'The CT slices belong to more than one {{what}} ({{image}}): choose a single series.',
  'error.ct.mixed-with-none':
    'The CT slices belong to more than one {{what}}: choose a single series.',
  'error.ct.uneven':
    'The CT has unevenly spaced slices ({{least}} to {{most}} mm apart), so the viewer would show it distorted: choose a series that was reformatted on a regular grid, or use the command line, which straightens it and writes that series with --straightened-ct.',
  'error.ct.tilted':
    'The CT was taken with a gantry tilted by {{tilt}}°, so the viewer would show it distorted: choose a series that was reformatted on a regular grid, or use the command line, which straightens it and writes that series with --straightened-ct.',
  'error.ct.tilted-and-uneven':
    'The CT was taken with a gantry tilted by {{tilt}}° and has unevenly spaced slices ({{least}} to {{most}} mm apart), so the viewer would show it distorted: choose a series that was reformatted on a regular grid, or use the command line, which straightens it and writes that series with --straightened-ct.',
  'error.ct.slice-missing':
    'The CT lacks a slice (after {{image}}, position {{where}} mm): send the whole series again.',
  'error.ct.slices-missing':
    'The CT lacks {{count}} slices (after {{image}}, position {{where}} mm): send the whole series again.',
  'error.ct.unknown-number': 'an unknown number of',
  'error.ct.in-colour': 'in colour',
  'error.ct.unknown-modality': 'of unknown modality',
  'error.stl.unknown-unit': 'an unknown unit',
  'error.seg.no-segments': 'none',
  'error.ct.image': 'image {{name}}',
  'error.ct.image-unnamed': 'image without number',
  'error.ct.compressed':
    'The CT is compressed in a way that is not read here (transfer syntax {{syntax}}): decompress it first, with dcmdjpeg, dcmdjpls, dcmdrle or gdcmconv --raw.',
  'error.ct.study': 'study',
  'error.ct.series': 'series',
  'error.ct.frame': 'frame of reference',
  'error.ct.width': 'matrix width',
  'error.ct.height': 'matrix height',
  'error.seg.other-voxels':
    'The segmentation has another voxel size or orientation than the CT: choose one that was made on this series.',
  'error.seg.voxels-missing': 'voxels are missing',
  'error.seg.no-matrix': 'its matrix is not given',
  'error.seg.no-scale': 'the scale of its fractions is not given',
  'error.seg.frame-damaged': 'frame {{frame}} cannot be decompressed',
  'error.file.cut-short': '{{file}} is cut short: fetch or export it again.',
  'error.file.unreadable': '{{file}} is not DICOM or is damaged: fetch or export it again.',
  'error.file': 'The file',
} as const;

export const why = speakerOf(dicomErrors);
