/** The part of OHIF's mode contract that this mode uses; OHIF publishes no types of its own. */

/** What OHIF tells a mode about a study on the worklist. */
export interface StudyOffer {
  /** Modalities in the study, separated by backslashes. */
  readonly modalities: string;
}

export interface ModeValidity {
  readonly valid: boolean;
  readonly description: string;
}

/** Services and managers that OHIF hands to the lifecycle hooks. */
export interface ModeContext {
  readonly commandsManager?: { runCommand(name: string, options: object): unknown };
  readonly [property: string]: unknown;
}

export interface LayoutTemplate {
  readonly id: string;
  readonly props: Readonly<Record<string, unknown>>;
}

export interface ModeInstance {
  readonly id: string;
  readonly routeName: string;
  readonly displayName: string;
  readonly extensions: Readonly<Record<string, string>>;
  onModeEnter(this: ModeInstance, context: ModeContext): void;
  onModeExit(this: ModeInstance, context: ModeContext): void;
  isValidMode(offer: StudyOffer): ModeValidity;
  readonly [property: string]: unknown;
}

/** A mode package as OHIF loads it. */
export interface ModeDefinition {
  readonly id: string;
  readonly modeInstance?: ModeInstance;
  readonly customizations?: Readonly<Record<string, unknown>>;
}

/** What OHIF passes to `modeFactory`. */
export interface ModeFactoryOptions {
  /** Loads other modes or extensions by package name. */
  loadModules(names: readonly string[]): Promise<readonly ModeDefinition[]>;
}
