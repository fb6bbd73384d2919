import type { Locator } from '@playwright/test';

/** What a user has before the eyes in the panel, scrolled through from top to end. */
export interface PanelSurvey {
  /** Every word that is not folded away; of a list only what is chosen. */
  readonly text: string;
  readonly words: number;
  /** Controls that are not folded away, by role and accessible name as a screen reader tells them. */
  readonly controls: number;
}

const CONTROLS = 'button, input, select, textarea, summary, [role="slider"], a[href]';

/** Reads what is visible of the panel. */
export async function survey(panel: Locator): Promise<PanelSurvey> {
  return panel.evaluate((root, controls): PanelSurvey => {
    const isSeen = (element: Element): boolean =>
      element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) &&
      element.getClientRects().length > 0;
    const texts: string[] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { parentElement, textContent } = node;
      if (!parentElement || !textContent?.trim()) continue;
      if (parentElement.closest('option, style, [hidden]') || !isSeen(parentElement)) continue;
      // Text that stands in a fold by itself is as hidden as elements in it.
      if (parentElement.matches('details:not([open])')) continue;
      texts.push(textContent.trim());
    }
    for (const select of root.querySelectorAll('select'))
      if (isSeen(select)) texts.push(select.selectedOptions[0]?.textContent?.trim() ?? '');
    const text = texts.join(' ');
    return {
      text,
      words: text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length,
      controls: [...root.querySelectorAll(controls)].filter(isSeen).length,
    };
  }, CONTROLS);
}
