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
  'error.range': '{{least}} bis {{most}}',
  'error.about': '{{name}}: {{what}}',
};
