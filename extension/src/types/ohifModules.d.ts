/**
 * The exports of OHIF's packages that this extension imports. Their own `types` point at sources
 * that are not published.
 */

declare module '@ohif/core' {
  export const DicomMetadataStore: {
    getSeries(
      studyInstanceUID: string,
      seriesInstanceUID: string,
    ): { readonly instances: readonly Readonly<Record<string, unknown>>[] } | undefined;
    getStudy(studyInstanceUID: string):
      | {
          readonly series: readonly {
            readonly instances: readonly Readonly<Record<string, unknown>>[];
          }[];
        }
      | undefined;
    readonly EVENTS: { readonly INSTANCES_ADDED: string };
    subscribe(event: string, listener: () => void): { unsubscribe(): void };
    addInstances(
      instances: readonly Readonly<Record<string, unknown>>[],
      madeInClient: boolean,
    ): void;
  };
}

declare module '@ohif/i18n' {
  import type { Translator } from '../words/say.ts';
  /** OHIF's instance of i18next. */
  const i18n: Translator;
  export default i18n;
}

declare module '@ohif/ui-next' {
  import type { ComponentType, FunctionComponent, KeyboardEvent, ReactNode } from 'react';

  type Attributes = Readonly<Record<`data-${string}` | `aria-${string}`, string | undefined>>;

  export const Button: ComponentType<
    Attributes & {
      readonly children: ReactNode;
      readonly className?: string;
      readonly disabled?: boolean;
      readonly onClick?: () => void;
      readonly size?: 'default' | 'sm' | 'lg' | 'icon';
      readonly title?: string;
      readonly variant?: 'default' | 'destructive' | 'outline' | 'secondary' | 'ghost' | 'link';
    }
  >;
  export const Switch: ComponentType<
    Attributes & {
      readonly checked: boolean;
      readonly disabled?: boolean;
      readonly id?: string;
      readonly onBlur?: () => void;
      readonly onCheckedChange: (checked: boolean) => void;
      readonly onFocus?: () => void;
      readonly onKeyDown?: (event: KeyboardEvent) => void;
    }
  >;
  export const Slider: ComponentType<
    Attributes & {
      readonly className?: string;
      readonly disabled?: boolean;
      readonly max: number;
      readonly min: number;
      readonly onValueChange: (values: number[]) => void;
      readonly step: number;
      readonly value: number[];
    }
  >;
  export const Input: ComponentType<
    Attributes & {
      readonly className?: string;
      readonly disabled?: boolean;
      readonly id?: string;
      readonly max?: number;
      readonly min?: number;
      readonly onBlur?: () => void;
      readonly onChange?: (event: { target: { value: string } }) => void;
      readonly placeholder?: string;
      readonly step?: number;
      readonly type?: string;
      readonly value: string | number;
    }
  >;
  interface SectionComponent extends FunctionComponent<{
    readonly children: ReactNode;
    readonly defaultOpen?: boolean;
  }> {
    readonly Header: ComponentType<{ readonly children: ReactNode }>;
    readonly Content: ComponentType<{ readonly children: ReactNode; readonly className?: string }>;
  }
  export const PanelSection: SectionComponent;
  export const Icons: {
    addIcon(name: string, icon: ComponentType<{ readonly className?: string }>): void;
  };
}
