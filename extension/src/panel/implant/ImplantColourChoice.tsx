import type { DesignedImplant } from '../../engine/implant/design.ts';
import { colouredImplant } from '../../services/implantColours.ts';
import { implantMaps, type ImplantColours, type ImplantMap } from '../../state/implantChoices.ts';
import { coolGradient } from '../../viewer/drawing/colourScale.ts';
import { say } from '../../words/say.ts';
import { formatNumber } from '../format.ts';
import { Choice, ScaleBar } from '../parts.tsx';

interface Props {
  readonly design: DesignedImplant;
  /** Whether its maps cannot be had. */
  readonly unmapped: boolean;
  readonly colours: ImplantColours;
  readonly onColours: (colours: ImplantColours) => void;
}

/** What the colours of the implant in 3D tell, and their scale. */
export function ImplantColourChoice({ design, unmapped, colours, onColours }: Props) {
  // Of a design that was opened again they are measured anew.
  if (!design.maps) {
    return (
      <div className="text-muted-foreground">
        {say(unmapped ? 'implant.colours.unknown' : 'implant.colours.coming')}
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-1">
      <Choice
        data-cy="cranioplasty-implant-colours"
        label={say('implant.colours')}
        items={(['plain', ...implantMaps] as const).map((key) => ({
          key,
          label: say(`implant.colours.${key}`),
        }))}
        value={colours}
        disabled={false}
        onChoose={(key) => onColours(key as ImplantColours)}
      />
      {colours !== 'plain' && <Legend design={design} map={colours} />}
    </div>
  );
}

function Legend({ design, map }: Pick<Props, 'design'> & { readonly map: ImplantMap }) {
  const most = colouredImplant(design, map)?.most ?? 0;
  return (
    <div data-cy="cranioplasty-implant-legend">
      <ScaleBar
        gradient={coolGradient}
        low="0"
        high={say('confidence.most', { most: formatNumber(most, 1) })}
      />
      <span className="text-muted-foreground text-xs">{say(`implant.colours.${map}.help`)}</span>
    </div>
  );
}
