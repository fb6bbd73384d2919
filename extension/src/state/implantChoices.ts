import type { ImplantParameters } from '../engine/implant/parameters.ts';

/** The implant that is shown, measured and stored: designed from the patch, or as the network predicts it. */
export const implantKinds = ['designed', 'predicted'] as const;
export type ImplantKind = (typeof implantKinds)[number];

/** Parameters that were chosen; the default for the rest. What is typed in may be out of range. */
export type ChosenParameters = Readonly<Partial<ImplantParameters>>;

/** What the colours of a designed implant in 3D can tell. */
export const implantMaps = ['thickness', 'gap'] as const;
export type ImplantMap = (typeof implantMaps)[number];
export type ImplantColours = 'plain' | ImplantMap;

/** What the user chose about the implant of a study. */
export interface ImplantChoices {
  readonly kind: ImplantKind;
  readonly parameters: ChosenParameters;
  /** Parameters before the last changes, and those that were taken back; the nearest last. */
  readonly past: readonly ChosenParameters[];
  readonly future: readonly ChosenParameters[];
  /** Which piece of the patch it is for, from 1; needed only where there are several. */
  readonly piece?: number;
  readonly showAxis: boolean;
  readonly colours: ImplantColours;
}

export const initialImplantChoices: ImplantChoices = {
  kind: 'designed',
  parameters: {},
  past: [],
  future: [],
  showAxis: true,
  colours: 'plain',
};
