import { say, type TextKey } from './words/say.ts';

/** The part of OHIF's customization service that is used. */
export interface TourServices {
  readonly customizationService: {
    setCustomizations(customizations: Readonly<Record<string, object>>): void;
  };
}

/** The tour as Shepherd runs it; the buttons' actions are bound to it. */
interface RunningTour {
  next(): void;
  complete(): void;
}

/** Under this id the viewer remembers that the tour was shown. */
export const tourId = 'cranioplastyTour';
/** Where the mode is. */
const route = '/cranioplasty';

const steps: readonly {
  readonly id: 'skull' | 'run' | 'look' | 'edit';
  readonly at: string;
  readonly on: string;
}[] = [
  { id: 'skull', at: '[data-cy="cranioplasty-skull-source"]', on: 'left' },
  { id: 'run', at: '[data-cy="cranioplasty-reconstruct"]', on: 'left' },
  { id: 'look', at: '.viewport-element', on: 'right' },
  { id: 'edit', at: '[data-cy="panelSegmentationWithToolsLabelMap-btn"]', on: 'bottom' },
];

/**
 * A short tour on the first visit of the mode, as the viewer's own modes have one: beside those that are there.
 * Arrow keys and buttons lead through it, Escape ends it.
 *
 * @param dataSources names under which the mode may be opened
 */
export function offerTour(
  { customizationService }: TourServices,
  dataSources: readonly string[] = [],
): void {
  const routes = [route, ...dataSources.map((name) => `${route}/${name}`)];
  customizationService.setCustomizations({
    'ohif.tours': { $push: routes.map((path) => tourAt(path)) },
  });
}

function tourAt(path: string) {
  return {
    id: tourId,
    route: path,
    steps: steps.map(({ id, at, on }, rank) => ({
      id,
      title: say(`tour.${id}.title`),
      text: say(`tour.${id}.text`),
      attachTo: { element: at, on },
      beforeShowPromise: () => elementIsThere(at),
      buttons:
        rank < steps.length - 1
          ? [
              button('tour.skip', (tour) => tour.complete(), true),
              button('tour.next', (tour) => tour.next()),
            ]
          : [button('tour.done', (tour) => tour.complete())],
    })),
    tourOptions: { useModalOverlay: true, defaultStepOptions: {} },
  };
}

function button(text: TextKey, act: (tour: RunningTour) => void, secondary = false) {
  return {
    text: say(text),
    secondary,
    action(this: RunningTour) {
      act(this);
    },
  };
}

/** The panel appears a moment after the mode; a step whose place never comes stands in the middle. */
async function elementIsThere(selector: string): Promise<void> {
  for (let attempt = 0; attempt < 100 && !document.querySelector(selector); attempt++)
    await new Promise((resolve) => setTimeout(resolve, 50));
}
