import type { reopenSentences } from './reopenSentences.ts';

/** What a result lacks that was opened again, in German. */
export const reopenGerman: Readonly<Record<keyof typeof reopenSentences, string>> = {
  'reopened.report': 'Gespeicherter Bericht',
  'reopened.stl': 'Gespeichertes STL',
  'reopened.report-lacks':
    'Der Bericht sagt nichts über die Rekonstruktion: Warnungen, Übereinstimmung und Probe sind nicht bekannt.',
  'reopened.no-report':
    'Es gibt keinen brauchbaren Bericht: die Zahlen wurden aus den Voxeln neu gemessen, und Probe, Übereinstimmung, Beurteilung und die meisten Warnungen sind nicht bekannt.',
  'reopened.designed-again':
    'Der Entwurf des Implantats ist nicht ganz gespeichert: es wird nach seinen gespeicherten Parametern neu entworfen.',
  'reopened.no-checks':
    'Der Entwurf hinter dem geänderten Implantat ist nicht ganz gespeichert: es gibt keine Prüfungen.',
  'reopened.no-checks-no-surface':
    'Der Entwurf hinter dem geänderten Implantat ist nicht ganz gespeichert: es gibt keine Prüfungen, und seine Oberfläche ist aus den Voxeln gezeichnet.',
  'reopened.no-parameters':
    'Die Parameter des Implantats sind nicht gespeichert: es wird gezeigt, wie es ist, ohne Prüfungen; die Parameter sind die Vorgaben, und wer einen ändert, entwirft es neu.',
  'reopened.other-skull':
    'Der Schädel dieses Ergebnisses („{{recorded}}“) ist nicht in der Studie: „{{segment}}“ steht an seiner Stelle.',
  'reopened.taken-skull':
    'Das Ergebnis nennt nicht den Schädel, aus dem es entstand: angenommen wird „{{segment}}“.',
  'reopened.not-shown': 'Stand beim Speichern: {{was}}; das wird nicht gezeigt: {{reason}}.',
  'reopened.not-there': 'womit verglichen wurde, ist nicht in der Studie',
  'reopened.judged':
    'beurteilt nach „{{reference}}“ wich der Rand im Mittel um {{mean}} mm ab (95 %: {{high}} mm)',
  'reopened.judged-no-border':
    'beurteilt nach „{{reference}}“ hatte das Schädelstück keinen Rand mit Knochen',
  'reopened.compared':
    '„{{first}}“ und „{{second}}“ überlappten zu {{dice}} (Dice), {{apart}} mm auseinander',
};
