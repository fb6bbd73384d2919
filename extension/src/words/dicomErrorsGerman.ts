import type { dicomErrors } from '../dicom/errorSentences.ts';

/** Why a DICOM object is refused, in German. */
export const dicomErrorsGerman: Readonly<Record<keyof typeof dicomErrors, string>> = {
  'error.ct.frames':
    'Die Multiframe-Aufnahme beschreibt nicht jedes ihrer Bilder: die ursprüngliche CT-Serie wählen.',
  'error.ct.no-place':
    'Einer Schicht des CT ({{image}}) fehlt gültige Lage, Ausrichtung oder Pixelgröße: die ursprüngliche axiale Serie des Scanners wählen.',
  'error.ct.unnamed': 'Das CT nennt keinen Wert für {{what}}: eine andere Serie wählen.',
  'error.ct.single': 'Das CT hat nur eine Schicht: eine Serie wählen, die den ganzen Kopf enthält.',
  'error.ct.turned':
    'Die Schichten des CT unterscheiden sich in Ausrichtung oder Pixelgröße ({{image}}): eine Serie paralleler Schichten wählen.',
  'error.ct.modality':
    'Die Serie ist kein CT, sondern {{modality}}: eine CT-Serie des Kopfes wählen.',
  'error.ct.none': 'Hier gibt es keine CT-Serie: eine Studie mit einem CT des Kopfes öffnen.',
  'error.ct.shifted':
    'Die Schichten des CT sind seitlich gegeneinander verschoben, und nicht gleichmäßig wie bei geneigter Gantry (am meisten bei {{image}}): die ursprüngliche axiale Serie des Scanners wählen.',
  'error.ct.drift':
    'Die Schichten des CT wandern um {{angle}}° zur Seite, mehr als sich eine Gantry neigt: die ursprüngliche axiale Serie des Scanners wählen.',
  'error.ct.doubled':
    'Zwei Schichten des CT liegen an derselben Stelle ({{first}} und {{second}}): eine Serie mit einem Bild für jede Lage wählen.',
  'error.ct.bits':
    'Das CT speichert {{bits}} Bit je Pixel, was nicht unterstützt wird: es in 16 Bit umwandeln.',
  'error.ct.cut-short':
    'Eine Schicht des CT ({{image}}) ist unvollständig: die Serie noch einmal holen oder exportieren.',
  'error.ct.colour': 'Die Bilder sind {{kind}}, keine CT-Werte: die ursprüngliche CT-Serie wählen.',
  'error.ct.source-lacks':
    'Den Bildern fehlt {{what}}, also lässt sich kein Ergebnis an sie binden: eine andere Serie wählen.',
  'error.seg.turned':
    'Die Schichten der Segmentierung unterscheiden sich in Ausrichtung oder Pixelgröße: eine Segmentierung aus parallelen Schichten in gleichem Abstand wählen.',
  'error.seg.shifted':
    'Die Schichten der Segmentierung sind gegeneinander verschoben: eine Segmentierung aus parallelen Schichten in gleichem Abstand wählen.',
  'error.seg.uneven':
    'Die Schichten der Segmentierung haben ungleiche Abstände: eine Segmentierung aus parallelen Schichten in gleichem Abstand wählen.',
  'error.seg.too-large':
    'Die Segmentierung umfasst {{size}} Voxel, mehr als in den Speicher passen: eine Segmentierung aus parallelen Schichten in gleichem Abstand wählen.',
  'error.seg.beside':
    'Die Segmentierung liegt bis zu {{voxels}} Voxel neben den Voxeln des CT: eine wählen, die auf dieser Serie entstand.',
  'error.seg.beyond':
    'Die Segmentierung reicht über das CT hinaus: eine wählen, die auf dieser Serie entstand.',
  'error.seg.lacks': 'Der Segmentierung fehlt {{what}}: sie noch einmal holen oder exportieren.',
  'error.seg.no-number':
    'Ein Segment der Segmentierung hat keine Nummer: sie noch einmal holen oder exportieren.',
  'error.seg.microscope':
    'Die Segmentierung gehört zu einem Mikroskopiebild (ihre Bilder sind Kacheln), nicht zu einem CT: eine des Schädels wählen.',
  'error.seg.frames':
    'Die Segmentierung beschreibt {{described}} ihrer {{frames}} Bilder: sie noch einmal holen oder exportieren.',
  'error.seg.no-place':
    'Bild {{frame}} der Segmentierung fehlt gültige Lage, Ausrichtung oder Pixelgröße: sie mit ihrer Geometrie noch einmal exportieren.',
  'error.seg.no-segment':
    'Bild {{frame}} der Segmentierung sagt nicht, welches Segment es zeigt: sie noch einmal holen oder exportieren.',
  'error.seg.none':
    'Die Datei ist keine DICOM-Segmentierung (SOP-Klasse {{sopClass}}): eine Segmentierung des Schädels wählen.',
  'error.seg.foreign':
    'Die Segmentierung hat ein anderes Bezugssystem als das CT: eine wählen, die auf diesem CT entstand.',
  'error.seg.contradiction':
    'Die Bilder und die Liste der Segmente widersprechen sich: die Segmentierung noch einmal exportieren.',
  'error.seg.not-there':
    'Die Segmentierung hat kein Segment {{segment}}: eines davon wählen: {{list}}.',
  'error.seg.which':
    'Die Segmentierung sagt nicht, welches Segment der Schädel ist: eines davon wählen: {{list}}.',
  'error.seg.empty':
    'Das Segment „{{segment}}“ ist leer: ein Segment wählen, das den Schädel enthält.',
  'error.seg.damaged':
    'Die Segmentierung ist beschädigt ({{what}}): sie noch einmal holen oder exportieren.',
  'error.seg.unsupported':
    'Die Segmentierung ist in einer Weise gespeichert, die nicht unterstützt wird ({{what}}): sie als unkomprimierte binäre Segmentierung exportieren.',
  'error.seg.lossy':
    'Die Segmentierung ist mit Verlust komprimiert ({{what}}, Transfer-Syntax {{syntax}}), was ihre Werte verändert: sie unkomprimiert oder verlustfrei komprimiert exportieren.',
  'error.seg.nothing-to-save': 'Es gibt kein Segment zu speichern: zuerst rekonstruieren.',
  'error.seg.label':
    'Der Name des Segments „{{label}}“ muss 1 bis 64 Zeichen lang sein: ihn kürzen.',
  'error.seg.other-geometry':
    'Das Segment „{{segment}}“ hat eine andere Geometrie als das erste: sie getrennt speichern.',
  'error.seg.off-ct':
    'Die Segmente liegen nicht auf den Voxeln des CT: auf diesem CT neu rekonstruieren.',
  'error.seg.empty-not-saved':
    'Das Segment „{{segment}}“ ist leer und wurde nicht gespeichert: neu rekonstruieren.',
  'error.report.damaged': 'Der gespeicherte Bericht ist beschädigt: neu rekonstruieren.',
  'error.report.no-case': 'Der gespeicherte Bericht enthält keinen Fall: neu rekonstruieren.',
  'error.report.newer':
    'Der gespeicherte Bericht stammt von einer neueren Version dieser Software: ihn mit jener Version öffnen.',
  'error.report.lacks': 'Dem Bericht fehlt {{what}}: ihn noch einmal holen oder exportieren.',
  'error.report.none':
    'Die Datei ist kein Bericht von Messwerten (SOP-Klasse {{sopClass}}): den einer Rekonstruktion wählen.',
  'error.report.no-shape':
    'Die Segmentierung enthält keine Form, die gemessen wurde: zuerst rekonstruieren.',
  'error.stl.lacks': 'Dem eingebetteten STL fehlt {{what}}: es noch einmal holen oder exportieren.',
  'error.stl.no-document':
    'Das eingebettete STL enthält kein Dokument: es noch einmal holen oder exportieren.',
  'error.stl.none':
    'Die Datei ist kein eingebettetes STL (SOP-Klasse {{sopClass}}): das eines Implantats wählen.',
  'error.stl.unit':
    'Die Einheit des eingebetteten STL ist {{unit}}, nicht mm: es in mm noch einmal exportieren.',
  'error.stl.cut-short':
    'Das eingebettete STL ist unvollständig oder nicht binär: es noch einmal holen oder exportieren.',
  'error.stl.no-surface': 'Das Implantat hat keine Oberfläche zum Speichern: es neu entwerfen.',
  'error.ct.mixed':
    'Die Schichten des CT haben nicht alle denselben Wert für {{what}} ({{image}}): eine einzelne Serie wählen.',
  'error.ct.mixed-with-none':
    'Die Schichten des CT haben nicht alle denselben Wert für {{what}}: eine einzelne Serie wählen.',
  'error.ct.uneven':
    'Das CT hat Schichten in ungleichem Abstand ({{least}} bis {{most}} mm), also würde der Viewer es verzerrt zeigen: eine Serie wählen, die auf ein regelmäßiges Gitter umgerechnet wurde, oder die Kommandozeile verwenden, die es begradigt und mit --straightened-ct diese Serie schreibt.',
  'error.ct.tilted':
    'Das CT wurde mit um {{tilt}}° geneigter Gantry aufgenommen, also würde der Viewer es verzerrt zeigen: eine Serie wählen, die auf ein regelmäßiges Gitter umgerechnet wurde, oder die Kommandozeile verwenden, die es begradigt und mit --straightened-ct diese Serie schreibt.',
  'error.ct.tilted-and-uneven':
    'Das CT wurde mit um {{tilt}}° geneigter Gantry aufgenommen und hat Schichten in ungleichem Abstand ({{least}} bis {{most}} mm), also würde der Viewer es verzerrt zeigen: eine Serie wählen, die auf ein regelmäßiges Gitter umgerechnet wurde, oder die Kommandozeile verwenden, die es begradigt und mit --straightened-ct diese Serie schreibt.',
  'error.ct.slice-missing':
    'Dem CT fehlt eine Schicht (nach {{image}}, Lage {{where}} mm): die ganze Serie noch einmal senden.',
  'error.ct.slices-missing':
    'Dem CT fehlen {{count}} Schichten (nach {{image}}, Lage {{where}} mm): die ganze Serie noch einmal senden.',
  'error.ct.unknown-number': 'unbekannt viele',
  'error.ct.in-colour': 'farbig',
  'error.ct.unknown-modality': 'unbekannter Art',
  'error.stl.unknown-unit': 'unbekannt',
  'error.seg.no-segments': 'keines',
  'error.ct.image': 'Bild {{name}}',
  'error.ct.image-unnamed': 'Bild ohne Nummer',
  'error.ct.compressed':
    'Das CT ist auf eine Weise komprimiert, die hier nicht gelesen wird (Transfersyntax {{syntax}}): es zuerst dekomprimieren, mit dcmdjpeg, dcmdjpls, dcmdrle oder gdcmconv --raw.',
  'error.ct.study': 'Studie',
  'error.ct.series': 'Serie',
  'error.ct.frame': 'Bezugssystem',
  'error.ct.width': 'Breite der Matrix',
  'error.ct.height': 'Höhe der Matrix',
  'error.seg.other-voxels':
    'Die Segmentierung hat eine andere Voxelgröße oder Ausrichtung als das CT: eine wählen, die auf dieser Serie entstand.',
  'error.seg.voxels-missing': 'Voxel fehlen',
  'error.seg.no-matrix': 'ihre Matrix ist nicht angegeben',
  'error.seg.no-scale': 'der Maßstab ihrer Anteile ist nicht angegeben',
  'error.seg.frame-damaged': 'Bild {{frame}} lässt sich nicht dekomprimieren',
  'error.file.cut-short': '{{file}} ist unvollständig: noch einmal holen oder exportieren.',
  'error.file.unreadable':
    '{{file}} ist nicht DICOM oder ist beschädigt: noch einmal holen oder exportieren.',
  'error.file': 'Die Datei',
};
