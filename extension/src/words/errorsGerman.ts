import { dicomErrorsGerman } from './dicomErrorsGerman.ts';
import type { errorsEnglish } from './errorsEnglish.ts';

/** Why something was refused or failed, in German. */
export const errorsGerman: Readonly<Record<keyof typeof errorsEnglish, string>> = {
  'error.no-skull-at':
    'Bei {{threshold}} HU wurde kein Schädel gefunden: die Schwelle senken oder prüfen, ob die Serie ein CT des Kopfes ist.',
  'error.threshold':
    'Die Schwelle für Knochen muss eine Zahl von {{least}} bis {{most}} HU sein: 200 bis 300 sind bei Erwachsenen üblich.',
  'error.no-alternative':
    'Eine vollere oder flachere Form braucht ein Modell mit Formmodell: ein anderes Modell oder Verfahren oder die erwartete Form wählen.',
  'error.no-defect':
    'In diesem Schädel wurde kein Defekt gefunden: prüfen, ob das gewählte Segment der Schädel mit Defekt ist und ob der Defekt in der Kalotte liegt.',
  'error.alignment':
    'Der Schädel ließ sich nicht am mittleren Schädel ausrichten: prüfen, ob das Segment die ganze Kalotte eines Erwachsenen in richtiger Lage ist.',
  'error.segment-empty':
    'Das gewählte Segment ist leer: das Segment wählen, das den Schädel enthält.',
  'error.vault-cut':
    'Die Kalotte ist am Rand des Volumens abgeschnitten: eine Serie oder Segmentierung wählen, die die ganze Kalotte enthält.',
  'error.no-difference':
    'Beim Spiegeln wurde in diesem Schädel kein Defekt gefunden: prüfen, ob das gewählte Segment der Schädel mit Defekt ist.',
  'error.cancelled': 'Die Rekonstruktion wurde abgebrochen.',
  'error.rehearse-empty': 'Das Schädelstück ist leer: es gibt nichts zu proben.',
  'error.rehearse-opposite':
    'Auch die Gegenseite dieses Schädels fehlt: es gibt keinen Knochen, an dem sich proben lässt.',
  'error.leave-out':
    'Nur eines von mehreren Stücken lässt sich weglassen: eines der aufgeführten wählen.',
  'error.shape-empty': 'Eine der beiden Formen ist leer: zwei wählen, die Voxel enthalten.',
  'error.judge-empty': 'Das Schädelstück ist leer: es gibt nichts zu beurteilen.',
  'error.reference-empty': 'Das Segment zum Vergleich ist leer: ein anderes wählen.',
  'error.reference-elsewhere':
    'Das Segment zum Vergleich enthält nichts vom fehlenden Knochen um das Schädelstück: ein Schädelstück oder einen heilen Schädel wählen.',
  'error.opposite-missing':
    'Auch die Gegenseite dieses Schädels fehlt: ein Segment wählen, nach dem das Schädelstück beurteilt wird.',
  'error.shapes-apart':
    'Die Formen zum Vergleich liegen auf verschiedenen Gittern: sie zuerst auf ein Gitter umrechnen.',
  'error.grid':
    'Das Volumen hat kein regelmäßiges, rechtwinkliges Voxelgitter: eine Serie mit vollständiger Geometrie ohne Neigung wählen.',
  'error.no-shape-prior':
    'Das Modell {{model}} hat kein Formmodell: ein anderes Modell oder seine Netze wählen.',
  'error.manifest':
    'Die Beschreibung des Modells ergibt keine brauchbaren Netze: das Modell neu installieren.',
  'error.wrong-values':
    'Das Gerät {{provider}} rechnet falsch (Abweichung {{worst}}): ein anderes Gerät verwenden oder den Treiber aktualisieren.',
  'error.no-origins':
    'Das Modell {{model}} nennt nicht den Atlas und den mittleren Knochen, mit denen es entstand, wie es Modelle dieser Version tun: eine neuere Version installieren oder sein Manifest ergänzen (models/training/README.md).',
  'error.mean-bone-elsewhere':
    'Der mittlere Knochen des Modells {{model}} liegt in einem anderen Ordner als sein Atlas: das Modell neu installieren.',
  'error.file-elsewhere':
    'Das Modell {{model}} nennt die Datei {{file}}, die weder in seinem eigenen Ordner noch in einem daneben liegt: es neu installieren.',
  'error.no-output':
    'Das Netz „{{network}}“ lieferte keine Ausgabe „{{shape}}“ von {{window}}³ Voxeln: das Modell neu installieren.',
  'error.mean-bone':
    'Der mittlere Knochen, mit dem das Modell entstand, gehört nicht zu seinem Atlas: das Modell neu installieren.',
  'error.atlas': 'Der Atlas des mittleren Schädels ist beschädigt: ihn neu installieren.',
  'error.shape-prior': 'Das Formmodell dieses Modells ist beschädigt: das Modell neu installieren.',
  'error.patch-grid':
    'Schädel und Schädelstück liegen auf verschiedenen Voxelgittern: ein Schädelstück angeben, das an diesem Schädel entstand.',
  'error.patch-in-pieces':
    'Das Schädelstück besteht aus {{count}} getrennten Stücken ({{volumes}} ml): eines wählen, jedes bekommt sein eigenes Implantat.',
  'error.no-piece': 'Das Schädelstück hat kein Stück {{piece}}: eines von 1 bis {{count}} wählen.',
  'error.patch-detached':
    'Das Schädelstück berührt keinen Knochen, also ist offen, wo ein Implantat säße: das Schädelstück ändern, bis es an den Rand des Defekts reicht.',
  'error.axis-inward':
    'Die Einsetzrichtung zeigt in den Kopf hinein: sie umkehren, sie ist der Weg aus dem Defekt.',
  'error.axis-along':
    'Die Einsetzrichtung läuft am Schädel entlang: eine wählen, die näher an der Normalen des Defekts liegt.',
  'error.nothing-left':
    'Bei einem Abstand von {{clearance}} mm bleibt vom Implantat nichts übrig: einen kleineren Abstand oder Versatz wählen.',
  'error.other-implant':
    'Schädel, Schädelstück und Parameter ergeben ein anderes Implantat als das gespeicherte: einen Parameter ändern, um es neu zu entwerfen.',
  'error.too-small': 'Das Implantat ist zu klein für zwei Teile: eines wählen.',
  'error.apart':
    'Abstand und Weg hinein lassen {{parts}} Teile dieses Schädelstücks übrig: einen kleineren Abstand wählen oder das Schädelstück ausbessern, wo es dünn oder zerklüftet ist.',
  'error.thickness':
    'Eine Dicke von {{thickness}} mm liegt unter der dünnsten Wand des Druckers von {{wall}} mm: ein dickeres Implantat oder einen anderen Drucker wählen.',
  'error.perfusion-walls':
    'Die Perfusionslöcher lassen Wände von {{between}} mm, weniger als die {{wall}} mm, die der Drucker braucht: ein weiteres Raster oder einen kleineren Durchmesser wählen.',
  'error.suture-rim':
    'Die Nahtlöcher lassen {{rim}} mm bis zum Rand, weniger als die {{wall}} mm, die der Drucker braucht: sie weiter vom Rand wegrücken.',
  'error.file-missing':
    'Die Modelldatei {{file}} konnte nicht geladen werden: Installation und Verbindung prüfen, dann noch einmal versuchen.',
  'error.file-tampered':
    'Die Modelldatei {{file}} stimmt nicht mit der Prüfsumme in ihrem Manifest überein und wird nicht ausgeführt: das Modell neu installieren.',
  'error.empty-skull': 'Der Schädel ist leer: einen angeben, der Voxel enthält.',
  'error.empty-patch': 'Das Schädelstück ist leer: eines angeben, das Voxel enthält.',
  'error.cut-by-holes':
    'Die Löcher würden das Implantat in {{parts}} Teile zerlegen: weniger oder kleinere Löcher wählen.',
  'error.cut-by-holes-in-two':
    'Die Löcher würden das Implantat in {{parts}} Teile zerlegen: weniger oder kleinere Löcher oder ein einziges Teil wählen.',
  'error.cut-in-two':
    'Der Schnitt würde das Implantat in {{parts}} Teile zerlegen: weniger oder kleinere Löcher oder ein einziges Teil wählen.',
  'error.parameter.axis':
    '{{label}} ist keine Richtung: drei Zahlen angeben, die nicht alle 0 sind, oder „{{word}}“.',
  'error.parameter.range': '{{label}}: {{value}} geht nicht, möglich sind {{range}}.',
  'error.parameter.range-or-word':
    '{{label}}: {{value}} geht nicht, möglich sind {{range}} oder „wie {{word}}“.',
  'error.parameter.whole':
    '{{label}}: {{value}} geht nicht, möglich sind ganze Zahlen von {{range}}.',
  'error.stl':
    'Das STL ist unvollständig oder nicht binär: es als binäres STL noch einmal exportieren.',
  'error.voxels':
    'Das Volumen enthält {{found}} Voxel, wo sein Gitter von {{size}} {{needed}} braucht: die Daten sind beschädigt.',
  'error.range': '{{least}} bis {{most}}',
  'error.about': '{{name}}: {{what}}',

  ...dicomErrorsGerman,

  'error.no-patch':
    'Es gibt kein Schädelstück, für das ein Implantat entworfen werden könnte: zuerst rekonstruieren.',
  'error.no-kernel':
    'Das Programm, das Körper schneidet, konnte nicht geladen werden: die Seite neu laden und die Installation prüfen lassen, wenn es so bleibt.',
  'error.not-isolated': 'die Seite ist nicht „cross-origin isolated“',
  'error.single-thread': 'der Rechner bietet nur einen Thread',
  'error.gpu-lost':
    'Die GPU ging während der Rechnung verloren: andere Programme schließen, die sie verwenden, und noch einmal versuchen.',
  'error.network-not-loaded':
    'Das Netz „{{network}}“ ließ sich nicht laden: die Seite neu laden und noch einmal versuchen oder einen anderen Rechner verwenden.',
  'error.network-not-run':
    'Das Netz „{{network}}“ ließ sich nicht rechnen: die Seite neu laden und noch einmal versuchen oder einen anderen Rechner verwenden.',
  'error.no-providers':
    'Es ist nicht eingerichtet, womit die Netze gerechnet werden: den Administrator bitten, die Einstellungen zu prüfen.',
  'error.stopped': 'Abgebrochen. Nichts wurde geändert: Sie können neu beginnen.',
  'error.left': 'Der Modus Cranioplasty wurde verlassen: ihn noch einmal öffnen.',
  'error.busy': 'Es läuft schon eine Rechnung: auf sie warten oder sie zuerst abbrechen.',
  'error.no-provider':
    '{{provider}} konnte nicht verwendet werden ({{reason}}): einen aktuellen Chrome, Edge oder Firefox verwenden.',
  'error.crashed':
    'Die Rechnung brach unerwartet ab, wahrscheinlich aus Mangel an Speicher: andere Tabs schließen und noch einmal versuchen.',
  'error.no-worker':
    'Das Rechenprogramm konnte nicht geladen werden: die Seite neu laden und die Installation prüfen lassen, wenn es so bleibt.',
  'error.no-webgpu': 'dieser Browser bietet kein WebGPU',
  'error.no-gpu': 'der Browser fand keine GPU, die er verwenden kann',
  'error.emulated-gpu': 'die einzige GPU ist durch Software nachgebildet ({{gpu}})',
  'error.gpu-unopened': 'die GPU ({{gpu}}) ließ sich nicht öffnen',
  'error.unexpected-in-worker':
    'Die Rechnung schlug unerwartet fehl: noch einmal versuchen und die Seite neu laden, wenn es so bleibt.',
  'error.unexpected':
    'Etwas ging schief, das nicht hätte schiefgehen sollen: noch einmal versuchen und die Seite neu laden, wenn es so bleibt.',
  'error.ct-closed': 'Das CT ist nicht mehr geöffnet: seine Studie noch einmal öffnen.',
  'error.other-modality':
    'Diese Studie enthält {{modality}}, kein CT: eine Studie mit einem CT des Kopfes öffnen.',
  'error.no-ct-in-study':
    'Diese Studie enthält kein CT: eine Studie mit einem CT des Kopfes öffnen.',
  'error.ct-not-loaded':
    'Die Bilder des CT konnten nicht vollständig geladen werden: die Verbindung zum PACS prüfen und die Studie noch einmal öffnen.',
  'error.cannot-store':
    'Diese Datenquelle kann keine Objekte speichern: das SEG herunterladen und ins PACS importieren.',
  'error.cannot-return':
    'Diese Datenquelle kann keine ganzen Objekte zurückgeben: eine DICOMweb-Datenquelle verwenden.',
  'error.pacs-silent':
    'Das PACS antwortete nicht. Nicht gespeichert: {{object}}. Die Verbindung prüfen und noch einmal speichern oder herunterladen.',
  'error.pacs-refused':
    'Das PACS hat nicht angenommen (HTTP {{status}}): {{object}}. Es wurde nicht gespeichert: den Administrator fragen oder herunterladen.',
  'error.not-returned':
    'Das PACS gab das Objekt nicht zurück: die Verbindung prüfen und noch einmal versuchen.',
  'error.not-returned-status':
    'Das PACS gab das Objekt nicht zurück (HTTP {{status}}): die Verbindung prüfen und noch einmal versuchen.',
  'error.other-slices':
    'Die Segmentierung liegt nicht auf den Schichten dieses CT: eine wählen, die auf ihm entstand.',
  'error.segment-gone':
    'Das gewählte Segment ist nicht mehr da: ein anderes Segment des Schädels wählen.',
  'error.not-remeasured':
    'Die geänderte Form konnte nicht neu gemessen werden, also stimmen ihre Zahlen und ihre Oberfläche nicht: sie noch einmal ändern, oder speichern und die Studie noch einmal öffnen.',
  'error.shape-gone': 'Eine Form zum Vergleichen ist nicht mehr da: eine andere wählen.',
  'error.no-skull':
    'Es gibt noch kein Segment des Schädels: zuerst Knochen aus dem CT segmentieren.',
  'error.not-edited':
    'Der Schädel wurde seit der Rekonstruktion nicht geändert: es gibt nichts zu aktualisieren.',
  'error.result-gone':
    'Dieses Ergebnis ist nicht mehr in der Studie: die Seite neu laden, um zu sehen, was im PACS liegt.',
  'error.skull-edited':
    'Der Schädel wurde seit der Rekonstruktion geändert: zuerst das Ergebnis aktualisieren, damit alle Formen zu demselben Schädel gehören.',
  'error.shape-not-computed':
    'Diese Form wurde noch nicht berechnet: zuerst alle drei nebeneinander zeigen.',
  'error.no-3d':
    'Es gibt keine 3D-Ansicht, aus der sich die Einsetzrichtung nehmen ließe: zu einer Anordnung mit einer zurückkehren.',
  'error.implant-edited':
    'Das Implantat wurde von Hand geändert, und ein anderes würde an seine Stelle treten: zuerst die Änderungen zurücknehmen.',
  'error.prediction-not-stored':
    'Das vorhergesagte Implantat wurde neben dem entworfenen nicht gespeichert: neu rekonstruieren, um es zu haben.',
  'error.nothing-left-out':
    'Es wurde kein Stück weggelassen: es gibt keines, das sich zurückholen ließe.',
  'error.no-result': 'Es gibt noch kein Ergebnis: zuerst rekonstruieren.',
  'error.other-series':
    'Das Ergebnis entstand auf einer anderen Serie dieser Studie („{{series}}“): oben diese CT-Serie wählen und es noch einmal öffnen.',
  'error.no-patch-stored':
    'Die Segmentierung enthält kein Schädelstück: ein anderes Ergebnis wählen oder rekonstruieren.',
  'error.stored-patch-empty':
    'Das Schädelstück dieses Ergebnisses ist leer: ein anderes Ergebnis wählen oder rekonstruieren.',
  'error.report-of-another':
    'Ein gespeicherter Bericht nennt diese Segmentierung, misst aber eine andere: er wird nicht verwendet.',
  'error.stl-of-another':
    'Ein gespeichertes STL gehört zu einer anderen Segmentierung oder einem anderen Bezugssystem: es wird nicht verwendet.',
  'error.not-its-skull':
    '„{{segment}}“ hat Knochen, wo das Schädelstück ist (zu {{share}} %), ist also nicht der Schädel dieses Ergebnisses: das Segment des Schädels mit Defekt wählen und das Ergebnis noch einmal öffnen.',
  'error.not-verified':
    'Das PACS hat angenommen, aber vielleicht nicht gespeichert: {{object}}. {{difference}} Noch einmal speichern oder zur Sicherheit herunterladen.',
  'error.unreadable': 'Was zurückkam, ist nicht lesbar.',
  'error.not-read-back': 'Es ließ sich nicht zurücklesen.',
  'error.skull-not-in-study':
    'Der Schädel dieses Ergebnisses („{{segment}}“) ist nicht in der Studie: das Segment des Schädels mit Defekt wählen und das Ergebnis noch einmal öffnen.',
  'error.skull-nowhere':
    'Der Schädel dieses Ergebnisses („{{segment}}“) ist nicht in der Studie: Knochen aus dem CT segmentieren oder die Segmentierung des Schädels mit Defekt laden und das Ergebnis noch einmal öffnen.',
  'error.which-skull':
    'Das Ergebnis nennt nicht den Schädel, aus dem es entstand: das Segment des Schädels mit Defekt wählen und das Ergebnis noch einmal öffnen.',
  'error.which-skull-none':
    'Das Ergebnis nennt nicht den Schädel, aus dem es entstand: Knochen aus dem CT segmentieren oder die Segmentierung des Schädels mit Defekt laden und das Ergebnis noch einmal öffnen.',
  'error.partly-saved':
    'Gespeichert und zurückgelesen: {{stored}}. {{reasons}} Noch einmal speichern, um nur den Rest zu versuchen.',
  'error.list': '{{first}}, {{next}}',
  'error.row': '{{first}} {{next}}',

  'object.segmentation': 'Segmentierung',
  'object.solid': 'STL des Implantats',
  'object.report': 'Bericht der Messwerte',
  'object.numbered': '{{object}} {{number}}',
};
