import { expect, type Locator, type Page } from '@playwright/test';
import {
  centreOf,
  pixelsOfColour,
  readSegments,
  showPlace,
  viewportsShowing,
  visibleSurfaces,
  type SegmentDigest,
} from '../support/cornerstone.ts';

/** Labels and colours under which the result is shown. */
export const SHAPES = {
  patch: { label: 'Skull patch', rgb: [46, 184, 114] },
  implant: { label: 'Implant', rgb: [66, 135, 245] },
} as const;
export type Shape = keyof typeof SHAPES;

/** A whole reconstruction on a software-only machine, with other work beside it. */
const RECONSTRUCTION_TIMEOUT = 8 * 60_000;

export interface OpenOptions {
  /** Parameters added to the address of the mode. */
  readonly query?: string;
}

/** The viewer in the Cranioplasty mode, as a user sees it. */
export class CranioplastyPage {
  readonly page: Page;
  /** Leaves the panel as the user finds it. */
  keepFolds = false;
  readonly panel: Locator;
  readonly skullSource: Locator;
  readonly method: Locator;
  readonly reconstructButton: Locator;
  readonly cancelButton: Locator;
  readonly stage: Locator;
  readonly provider: Locator;
  readonly result: Locator;
  readonly saveButton: Locator;
  readonly saved: Locator;
  readonly error: Locator;
  readonly warnings: Locator;

  constructor(page: Page) {
    this.page = page;
    const part = (name: string) => page.getByTestId(`cranioplasty-${name}`);
    this.panel = part('panel');
    this.skullSource = part('skull-source');
    this.method = part('method');
    this.reconstructButton = part('reconstruct');
    this.cancelButton = part('cancel');
    this.stage = part('stage');
    this.provider = part('provider');
    this.result = part('result');
    this.saveButton = part('save');
    this.saved = part('saved');
    this.error = part('error');
    this.warnings = part('warnings');
  }

  /** Opens a study from the worklist. */
  async openFromWorklist(origin: string, patient: string | RegExp): Promise<void> {
    await this.page.goto(`${origin}/`);
    await this.page.getByText(patient).first().click();
    await this.page.getByRole('button', { name: 'Cranioplasty', exact: true }).click();
    await expect(this.panel).toBeVisible();
    // Its parts come with the study.
    await expect(this.skullSource.or(this.error).first()).toBeVisible();
    await this.unfoldAll();
  }

  /** Opens a study by its address. */
  async open(origin: string, study: string, { query = '' }: OpenOptions = {}): Promise<void> {
    await this.page.goto(`${origin}/cranioplasty?StudyInstanceUIDs=${study}${query}`);
    await expect(this.panel).toBeVisible();
    // Its parts come with the study.
    await expect(this.skullSource.or(this.error).first()).toBeVisible();
    await this.unfoldAll();
  }

  /** Chooses the first segment whose entry matches. */
  async chooseSkull(label: RegExp): Promise<void> {
    const option = this.skullSource.locator('option').filter({ hasText: label }).first();
    await expect(option).toBeAttached();
    await this.skullSource.selectOption((await option.getAttribute('value')) ?? '');
  }

  /** Starts a reconstruction without waiting for it. */
  async startReconstruction(
    method: 'network' | 'continuation' | 'mirror' = 'network',
  ): Promise<void> {
    if ((await this.method.inputValue()) !== method) {
      await this.unfoldAll();
      await this.method.selectOption(method);
    }
    await this.reconstructButton.click();
  }

  /** Waits for the result, or fails with the message that the panel shows instead. */
  async waitForResult(): Promise<void> {
    await expect(this.result.or(this.error).first()).toBeVisible({
      timeout: RECONSTRUCTION_TIMEOUT,
    });
    if (await this.error.isVisible()) {
      throw new Error(`the panel says: ${await this.error.innerText()}`);
    }
    await expect(this.stage).toBeHidden();
    await this.unfoldAll();
  }

  /** Opens all that is folded away, unless a test is about that. */
  async unfoldAll(): Promise<void> {
    if (this.keepFolds) return;
    await this.panel.evaluate((panel) => {
      for (const fold of panel.querySelectorAll('details')) fold.open = true;
    });
  }

  /** Rehearses the result on the intact side and returns the figures that the panel shows. */
  async rehearse(): Promise<Locator> {
    const figures = this.page.getByTestId('cranioplasty-rehearsal-figures');
    await this.page.getByTestId('cranioplasty-rehearse').click();
    await expect(figures.or(this.error).first()).toBeVisible({ timeout: RECONSTRUCTION_TIMEOUT });
    if (await this.error.isVisible()) {
      throw new Error(`the panel says: ${await this.error.innerText()}`);
    }
    return figures;
  }

  async save(): Promise<{ series: string; instance: string }> {
    await this.saveButton.click();
    await expect(this.saved.or(this.error).first()).toBeVisible({ timeout: 120_000 });
    if (await this.error.isVisible()) {
      throw new Error(`the panel says: ${await this.error.innerText()}`);
    }
    return {
      series: (await this.saved.getAttribute('data-series')) ?? '',
      instance: (await this.saved.getAttribute('data-instance')) ?? '',
    };
  }

  /** The patch and the implant as the viewer holds them. */
  resultSegments(): Promise<SegmentDigest[]> {
    return readSegments(
      this.page,
      Object.values(SHAPES).map(({ label }) => label),
    );
  }

  /** Moves the planes to the middle of a shape. */
  async lookAt(shape: Shape): Promise<void> {
    await showPlace(this.page, await centreOf(this.page, SHAPES[shape].label));
  }

  /** How many pixels of each viewport show a shape. */
  pixelsOf(shape: Shape): Promise<Record<string, number>> {
    return pixelsOfColour(this.page, SHAPES[shape].rgb);
  }

  /** Shows or hides a shape with its switch. */
  async setVisible(shape: Shape, visible: boolean): Promise<void> {
    await this.page.getByTestId(`cranioplasty-visible-${shape}`).setChecked(visible);
  }

  /** Viewports in which a shape's segment is switched on. */
  viewportsShowing(shape: Shape): Promise<string[]> {
    return viewportsShowing(this.page, SHAPES[shape].label);
  }

  visibleSurfaces(): Promise<string[]> {
    return visibleSurfaces(this.page);
  }
}
