import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { Row, Toggle } from '../../../extension/src/panel/parts.tsx';

vi.mock('@ohif/ui-next', () => ({ Button: 'button', Switch: 'button', Input: 'input' }));

const help = 'How far it reaches.';
const row = (given?: string) =>
  renderToStaticMarkup(createElement(Row, { name: 'Volume', help: given, children: '4.1 ml' }));

/** What describes the only element that is described, and that element. */
function described(markup: string): { element: string; description: string; id: string } {
  const [, element, id] = /<(button)[^>]*aria-describedby="([^"]+)"/.exec(markup) ?? [];
  const box = new RegExp(`<span id="${id}" role="tooltip"[^>]*hidden=""[^>]*>([^<]*)</span>`);
  return { element, id, description: box.exec(markup)?.[1] ?? '' };
}

describe('help on hover', () => {
  it('is on a name that has the focus, and describes it to a screen reader', () => {
    const markup = row(help);
    expect(described(markup)).toMatchObject({ element: 'button', description: help });
    expect(markup).toContain(`title="${help}"`);
    expect(markup).not.toContain('tabindex="-1"');
    // What is seen stays two words and a number: the box is hidden until it is asked for.
    expect(markup.replace(/<span[^>]*hidden="".*?<\/span>/, '').replace(/<[^>]+>/g, ' ')).toMatch(
      /^ +Volume +4\.1 ml +$/,
    );
  });

  it('leaves a name without it plain', () => {
    expect(row()).not.toMatch(/button|tooltip|title/);
  });

  it('describes a switch, whose name stays its label', () => {
    const markup = renderToStaticMarkup(
      createElement(Toggle, {
        label: 'Leave out',
        help,
        checked: false,
        onChange: vi.fn(),
        'data-cy': 'toggle',
      }),
    );
    const { description, element } = described(markup);
    expect({ description, element }).toEqual({ description: help, element: 'button' });
    expect(/<label[^>]*>([^<]*)<\/label>/.exec(markup)?.[1]).toBe('Leave out');
  });
});
