import type { WarningKey } from './say.ts';

/** What the warnings say, in German. */
export const germanSentences: Readonly<Record<WarningKey, string>> = {
  'sentence.poor-alignment':
    'Der Schädel passt nur auf {{residual}} mm zum mittleren Schädel: das Ergebnis mit der Gegenseite vergleichen.',
  'sentence.turned-head':
    'Dieser Kopf liegt um {{degrees}}° gegen das gedreht, was seine Datei über links, vorn und oben sagt: seine Seiten können falsch sein. Ob er außerdem gespiegelt ist, lässt sich an einem Schädel nicht erkennen: vor der Verwendung eine Seitenmarkierung prüfen.',
  'sentence.unusual-skull':
    'Die Form dieses Schädels liegt außerhalb derer, mit denen das Modell trainiert wurde: das Ergebnis mit Sorgfalt prüfen.',
  'sentence.low-confidence':
    'Netz und Formmodell sind sich über dieses Schädelstück nicht einig (Überlappung {{overlap}} %, stellenweise {{apart}} mm auseinander): in 3D zeigen lassen, wo sie sich unterscheiden, und dort nachsehen, bevor Sie es verwenden.',
  'sentence.skull-ends':
    'Der Schädel endet oberhalb seiner Basis in einer Ebene, wo die Aufnahme oder die Segmentierung abgeschnitten wurde: das Schädelstück endet dort auch.',
  'sentence.vault-cut':
    'Der Rand des Volumens schneidet einen kleinen Teil der Kalotte ab: das Schädelstück dort prüfen oder ein Volumen wählen, das die ganze Kalotte enthält.',
  'sentence.patch-cut':
    'Das Schädelstück ist vom Rand des Volumens abgeschnitten: den Schädel in einem Volumen mit mehr Platz um ihn geben.',
  'sentence.region-ends':
    'Der Defekt reicht an den Rand des Bereichs, den das Modell sieht, unterhalb der Ebene der Schädelbasis: das Schädelstück endet dort.',
  'sentence.several-defects':
    'Das Schädelstück besteht aus {{count}} getrennten Teilen: prüfen, ob jedes ein Defekt ist, und weglassen, was keiner ist.',
  'sentence.piece-left-out':
    'Ein Teil von {{volume}} ml des Schädelstücks wurde vom Benutzer weggelassen.',
  'sentence.small-openings':
    'Der Schädel hat unten {{pieces}} kleine Öffnungen ({{volume}} ml Knochen), die das Schädelstück offen lässt: dünner Knochen geht dort bei der Aufnahme leicht verloren.',
  'sentence.not-closed':
    'Etwa {{area}} cm² der Kalotte bleiben offen: nach Löchern suchen, bevor Sie das Schädelstück verwenden.',
  'sentence.mirrored':
    'Dieses Ergebnis ist die gespiegelte Gegenseite, keine Vorhersage des Netzes: Asymmetrie des Kopfes zeigt sich als Stufen am Rand.',
  'sentence.continued':
    'Dieses Ergebnis ist, was das Formmodell aus diesem Schädel macht, ohne ein Netz, das sagt, wo Knochen fehlt: die Ränder ansehen und auf Teile achten, die kein Defekt sind.',
  'sentence.poor-rehearsal':
    'Auf der gesunden Seite dieses Schädels geprobt, überlappt das Ergebnis den bekannten Knochen nur zu {{overlap}} % (Dice): von diesem Schädelstück nicht mehr erwarten und es genau ansehen, bevor Sie es verwenden.',
  'sentence.no-provider':
    '{{provider}} konnte nicht verwendet werden ({{reason}}); gerechnet wurde mit {{next}}.',
  'sentence.gpu-lost':
    '{{provider}} konnte nicht verwendet werden (die GPU ging während der Rechnung verloren); gerechnet wurde mit {{next}}.',
  'sentence.wrong-numbers':
    '{{provider}} konnte nicht verwendet werden (es rechnete nicht richtig); gerechnet wurde mit {{next}}.',
};
