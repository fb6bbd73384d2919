import type { implantEnglish } from './implantEnglish.ts';

/** What the panel and the engine say of the implant, in German. */
export const implantGerman: Readonly<Record<keyof typeof implantEnglish, string>> = {
  'implant.title': 'Implantat',
  'implant.kind': 'Implantat zum Zeigen, Messen und Speichern',
  'implant.kind.designed': 'Aus dem Schädelstück entworfen',
  'implant.kind.predicted': 'Wie vom Netz vorhergesagt',
  'implant.predicted':
    'Dicke, Abstand und Weg hinein sind, wie das Netz sie zeichnet, und werden nicht geprüft.',
  'implant.ofBefore': 'Das Implantat ist noch das von vorher.',
  'implant.isPredicted': 'Das Implantat ist das vorhergesagte.',
  'implant.showAxis': 'Einsetzrichtung in 3D zeigen',
  'implant.colours': 'Farben des Implantats in 3D',
  'implant.colours.plain': 'Einfarbig',
  'implant.colours.thickness': 'Dicke',
  'implant.colours.gap': 'Spalt zum Knochen',
  'implant.colours.thickness.help':
    'Die Wand hinter jeder Stelle der Außen- und Innenseite. Grau: Kanten und Löcher.',
  'implant.colours.gap.help': 'Entlang des Randes, neben ihm. Grau: fern vom Knochen.',
  'implant.colours.coming': 'Dicke und Spalt werden für Farben in 3D gemessen.',
  'implant.colours.unknown':
    'Dicke und Spalt lassen sich in 3D nicht zeigen: Schädel und Schädelstück ergeben dieses Implantat nicht mehr. Das geht, sobald sich eine Vorgabe ändert.',
  'implant.lower': 'In 3D in den Defekt senken',
  'implant.edited': 'Das Implantat wurde von Hand geändert.',
  'implant.editedDesign':
    'Das Implantat wurde von Hand geändert: es folgt Schädelstück und Parametern nicht mehr, und die Prüfungen sind von vorher.',
  'implant.takeBack': 'Änderungen zurücknehmen',
  'implant.piece': 'Stück, für das entworfen wird',
  'implant.piece.none': 'Keines gewählt',
  'implant.designing': 'Wird entworfen: die Zahlen sind von vorher',
  'implant.design': 'Entwurf',
  'implant.mass': 'Masse',
  'implant.pieces': 'Teile',
  'implant.undercut': 'Hinterschnitt, weggenommen',
  'implant.undercut.help': 'Vom Implantat, was Knochen auf dem Weg hinein aufhielte.',
  'implant.axis': 'Weg aus dem Defekt',
  'implant.tilt': 'Winkel zur mittleren Normalen',
  'implant.more': 'Mehr',
  'implant.undo': 'Rückgängig',
  'implant.redo': 'Wiederholen',
  'implant.reset': 'Auf Vorgaben zurücksetzen',
  'implant.withUnit': '{{label}}, {{unit}}',
  'implant.asWord': 'Wie {{word}}',
  'implant.likeWord': 'wie {{word}}',
  'implant.fromTo': '{{least}} bis {{most}}',
  'implant.range': '{{range}}. {{help}}',
  'implant.axis.fromView': 'Aus der 3D-Ansicht',
  'implant.axis.automatic': 'Automatisch',

  'check.title': 'Prüfungen: {{counts}}',
  'check.counts': '{{fail}} nicht bestanden, {{warn}} anzusehen, {{pass}} bestanden',
  'check.fail': 'Nicht bestanden',
  'check.warn': 'Ansehen',
  'check.pass': 'Bestanden',
  'check.faults': '{{value}} Fehler',
  'check.show': 'Zeigen',
  'check.show.help': '{{name}} zeigen',
  'check.manifold': 'Oberfläche',
  'check.overlap': 'Überschneidung mit Knochen',
  'check.insertion': 'Weg hinein',
  'check.gap': 'Spalt zum Knochen',
  'check.thickness': 'Dünnste Wand',
  'check.hole-wall': 'Wand zwischen Löchern',
  'check.size': 'Länge',
  'check.bed': 'Druckbett',
  'check.mass': 'Masse',
  'check.overhang': 'Überstand',
  'check.undercut': 'Hinterschnitt',
  'check.depth': 'Zur Dura hin',

  'direction.right': 'rechts',
  'direction.left': 'links',
  'direction.anterior': 'vorne',
  'direction.posterior': 'hinten',
  'direction.caudal': 'unten',
  'direction.cranial': 'oben',

  'checked.manifold': 'Wasserdicht und mannigfaltig, ein Körper.',
  'checked.manifold.bodies': 'Wasserdicht und mannigfaltig, {{bodies}} Körper.',
  'checked.manifold.faults':
    '{{faults}} Fehler der Oberfläche, {{bodies}} Körper: mit anderen Parametern neu entwerfen.',
  'checked.overlap':
    'Überschneidet sich nicht mit Knochen; der nächste ist {{nearest}} mm entfernt.',
  'checked.overlap.reaches': 'Reicht {{depth}} mm in den Knochen: einen größeren Abstand wählen.',
  'checked.insertion':
    'Lässt sich entlang der Einsetzrichtung herausnehmen, ohne auf Knochen zu treffen; der nächste ist {{nearest}} mm entfernt.',
  'checked.insertion.meets':
    'Trifft auf dem Weg entlang der Einsetzrichtung {{depth}} mm weit auf Knochen: eine andere Richtung wählen.',
  'checked.gap':
    'Der Spalt entlang des Randes ist im Mittel {{mean}} mm breit, am 95. Perzentil {{p95}} mm ({{rim}} mm an der äußeren Oberfläche), höchstens {{most}} mm.',
  'checked.gap.wide':
    'Der Spalt entlang des Randes ist im Mittel {{mean}} mm breit, am 95. Perzentil {{p95}} mm ({{rim}} mm an der äußeren Oberfläche), höchstens {{most}} mm: breiter, als der Abstand verlangt.',
  'checked.gap.held':
    'Auf {{share}} % des Randes sind bis zu {{most}} mm davon dem Weg hinein entlang der Einsetzrichtung geschuldet.',
  'checked.gap.none':
    'Am Rand liegt kein Knochen: nachsehen, wo das Implantat befestigt werden könnte.',
  'checked.thickness':
    '{{p5}} bis {{p95}} mm dick (5. bis 95. Perzentil), mindestens {{least}} mm.',
  'checked.thickness.thin':
    '{{p5}} bis {{p95}} mm dick (5. bis 95. Perzentil), mindestens {{least}} mm: dünner als die {{wall}} mm, die der Drucker braucht.',
  'checked.thickness.short':
    '{{p5}} bis {{p95}} mm dick (5. bis 95. Perzentil), mindestens {{least}} mm: das Schädelstück ist stellenweise dünner als die verlangten {{asked}} mm.',
  'checked.hole-wall': '{{holes}} Löcher lassen Wände von mindestens {{least}} mm.',
  'checked.hole-wall.thin':
    '{{holes}} Löcher lassen Wände von mindestens {{least}} mm, weniger als die {{wall}} mm, die der Drucker braucht.',
  'checked.size': '{{length}} mm lang.',
  'checked.size.large':
    '{{length}} mm lang: über {{most}} mm lassen sich zwei Teile leichter einsetzen.',
  'checked.size.unmade': '{{length}} mm lang, gefertigt werden {{least}} bis {{most}} mm.',
  'checked.bed': 'Passt auf das Druckbett von {{bed}} mm.',
  'checked.bed.small':
    'Passt nicht auf das Druckbett von {{bed}} mm: zwei Teile oder einen anderen Drucker wählen.',
  'checked.mass': '{{mass}} g {{material}}, {{volume}} ml.',
  'checked.mass.custom': '{{mass}} g des eigenen Materials, {{volume}} ml.',
  'checked.overhang': 'Nichts liegt über der Tabula externa des Knochens.',
  'checked.overhang.out': 'Steht {{height}} mm über den Knochen hinaus.',
  'checked.depth': 'Nirgends tiefer als die innere Oberfläche des Schädelstücks.',
  'checked.depth.deep':
    'Reicht {{depth}} mm tiefer als die innere Oberfläche des Schädelstücks, zur Dura hin.',
  'checked.depth.thickened':
    'Ein für ein Implantat zu dünnes Schädelstück wurde zuvor um {{volume}} ml nach innen verdickt.',
  'checked.undercut': 'Als Hinterschnitt weggenommen: {{volume}} ml.',
  'checked.undercut.much':
    'Als Hinterschnitt weggenommen: {{volume}} ml; nachsehen, ob eine andere Einsetzrichtung weniger kostet.',

  'parameter.material.label': 'Material',
  'parameter.material.help': 'Bestimmt die Dichte und mit ihr die Masse.',
  'parameter.thickness.label': 'Dicke',
  'parameter.thickness.help':
    'Von der äußeren Oberfläche nach innen; „wie der Knochen“ macht es so dick wie das Schädelstück.',
  'parameter.clearance.label': 'Abstand zum Knochen',
  'parameter.clearance.help': 'Freier Raum zwischen Implantat und Knochen entlang des Randes.',
  'parameter.temporalClearance.label': 'Abstand am unteren temporalen Rand',
  'parameter.temporalClearance.help':
    'Dasselbe am unteren Rand in der Schläfe, wo der Muskel durchzieht.',
  'parameter.axis.label': 'Einsetzrichtung',
  'parameter.axis.help':
    'Richtung aus dem Defekt heraus, entlang derer das Implantat eingesetzt wird; automatisch ist die mit dem kleinsten Hinterschnitt.',
  'parameter.outerOffset.label': 'Versatz der Außenseite',
  'parameter.outerOffset.help':
    'Äußere Oberfläche über (positiv) oder unter der des Schädelstücks; tiefer erleichtert den Verschluss der Haut.',
  'parameter.keepOffDura.label': 'Nie tiefer als das Schädelstück',
  'parameter.keepOffDura.help':
    'Endet an der inneren Oberfläche des Schädelstücks, auch wo diese näher ist als die Dicke.',
  'parameter.edgeRadius.label': 'Kantenradius',
  'parameter.edgeRadius.help': 'Radius der gerundeten Kanten.',
  'parameter.edgeTaper.label': 'Schräge der Seitenwand',
  'parameter.edgeTaper.help':
    'Wie weit sich die äußere Hälfte der Seitenwand vom Knochen weg neigt.',
  'parameter.perfusionHoles.label': 'Perfusionslöcher',
  'parameter.perfusionHoles.help': 'Löcher durch das Implantat in einem regelmäßigen Muster.',
  'parameter.perfusionDiameter.label': 'Durchmesser der Perfusionslöcher',
  'parameter.perfusionDiameter.help': 'Weite jedes Lochs.',
  'parameter.perfusionPitch.label': 'Raster der Perfusionslöcher',
  'parameter.perfusionPitch.help': 'Abstand von der Mitte eines Lochs zu der des nächsten.',
  'parameter.perfusionEdge.label': 'Perfusionslöcher zum Rand',
  'parameter.perfusionEdge.help': 'Näher kommt die Mitte eines Lochs dem Rand nicht.',
  'parameter.sutureHoles.label': 'Nahtlöcher',
  'parameter.sutureHoles.help': 'Anzahl der Löcher für Nähte, gleichmäßig entlang des Randes.',
  'parameter.sutureDiameter.label': 'Durchmesser der Nahtlöcher',
  'parameter.sutureDiameter.help': 'Weite jedes Nahtlochs.',
  'parameter.sutureEdge.label': 'Nahtlöcher zum Rand',
  'parameter.sutureEdge.help': 'Abstand der Mitte jedes Nahtlochs vom Rand.',
  'parameter.pieces.label': 'Teile',
  'parameter.pieces.help': 'Zwei Teile werden nacheinander eingesetzt; das lohnt sich ab 150 mm.',
  'parameter.kerf.label': 'Schnittbreite',
  'parameter.kerf.help': 'Breite des Schnitts zwischen zwei Teilen.',
  'parameter.density.label': 'Dichte',
  'parameter.density.help': 'Eines eigenen Materials; die anderen haben ihre eigene.',
  'parameter.leastWall.label': 'Dünnste Wand des Druckers',
  'parameter.leastWall.help': 'Dünneres wird nicht zuverlässig gedruckt.',
  'parameter.bedWidth.label': 'Druckbett, Breite',
  'parameter.bedWidth.help': 'Erste Seite des Bauraums.',
  'parameter.bedDepth.label': 'Druckbett, Tiefe',
  'parameter.bedDepth.help': 'Zweite Seite des Bauraums.',
  'parameter.bedHeight.label': 'Druckbett, Höhe',
  'parameter.bedHeight.help': 'Höhe des Bauraums.',

  'parameter.word.bone': 'der Knochen',
  'parameter.word.automatic': 'automatisch',

  'material.PEEK': 'PEEK',
  'material.PMMA': 'PMMA',
  'material.titanium': 'Titan',
  'material.hydroxyapatite': 'Hydroxylapatit',
  'material.custom': 'eigenes',
};
