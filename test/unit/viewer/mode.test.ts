import { describe, expect, it, vi } from 'vitest';
import mode from '../../../mode/src/index.ts';
import type { ModeDefinition, ModeInstance } from '../../../mode/src/ohifMode.ts';
import { english } from '../../../extension/src/words/english.ts';
import { german } from '../../../extension/src/words/german.ts';
import { isValidMode } from '../../../mode/src/validity.ts';

const language = vi.hoisted(() => ({ german: false, said: new Set<string>() }));
vi.mock('@ohif/i18n', () => ({
  default: {
    t: (key: keyof typeof english, { ns }: { readonly ns: string }) => {
      language.said.add(key);
      return ns === 'Cranioplasty' ? (language.german ? german : english)[key] : key;
    },
  },
}));

function stock(id: string): ModeDefinition {
  const modeInstance = {
    id,
    routeName: id,
    displayName: id,
    hide: true,
    extensions: {},
    toolbarButtons: [`${id} buttons`],
    toolbarSections: { primary: ['Pan'] },
    onModeEnter: vi.fn(),
    onModeExit: vi.fn(),
    isValidMode: () => ({ valid: true, description: '' }),
  } satisfies ModeInstance;
  return { id, modeInstance };
}

describe('the mode', () => {
  it('is offered for studies with a CT only, and says why', () => {
    expect(isValidMode({ modalities: 'CT\\SEG' }).valid).toBe(true);
    expect(isValidMode({ modalities: 'MR' })).toEqual({
      valid: false,
      description: 'Cranioplasty needs a head CT: this study contains MR, no CT',
    });
    // "OCT" contains the letters but is another modality.
    expect(isValidMode({ modalities: 'OCT' }).valid).toBe(false);
    expect(isValidMode({ modalities: '' }).description).toContain('no images');
  });

  it('takes its tools from the segmentation mode and its lifecycle from the basic mode', async () => {
    const basic = stock('basic');
    const segmentation = stock('segmentation');
    const instance = await mode.modeFactory({
      loadModules: () => Promise.resolve([basic, segmentation]),
    });
    expect(instance).toMatchObject({
      id: '@cranioplasty/mode',
      routeName: 'cranioplasty',
      displayName: 'Cranioplasty',
      hide: false,
      hangingProtocol: 'cranioplasty',
    });
    const runCommand = vi.fn();
    const context = { commandsManager: { runCommand } };
    instance.onModeEnter(context);
    expect(basic.modeInstance?.onModeEnter).toHaveBeenCalledWith(context);
    expect(vi.mocked(basic.modeInstance?.onModeEnter)?.mock.contexts).toEqual([instance]);
    expect(runCommand).toHaveBeenCalledWith('setBrushSize', { value: 5 });
  });

  it('has brush, eraser and scissors in its toolbar, each a tool that is there', async () => {
    const instance = await mode.modeFactory({
      loadModules: () => Promise.resolve([stock('basic'), stock('segmentation')]),
    });
    const buttons = instance['toolbarButtons'] as {
      readonly id: string;
      readonly props?: { readonly label?: string; readonly tooltip?: string };
    }[];
    expect(buttons[0]).toBe('segmentation buttons');
    const [, sections] = instance['toolbarSections'] as Record<string, readonly string[]>[];
    const own = Object.values(sections)
      .flat()
      .filter((id) => id.startsWith('Cranioplasty'));
    const known = buttons.slice(1).map(({ id }) => id);
    expect([...own].sort()).toEqual([...known].sort());
    expect(own.slice(0, 3)).toEqual([
      'CranioplastyBrush',
      'CranioplastyEraser',
      'CranioplastyScissors',
    ]);
    const words = ({ props }: (typeof buttons)[number]) => [props?.label, props?.tooltip];
    const help = 'Brush, a ball: its size is changed with [ and ]';
    expect(words(buttons[1])).toEqual(['Brush', help]);
    for (const { id, props } of buttons.slice(1))
      if (id !== 'CranioplastyScissors') {
        expect(props?.label, id).toBeTruthy();
        expect(props?.tooltip, id).toBeTruthy();
      }
    const [additions] = instance['toolGroupAdditions'] as Record<string, unknown>[];
    expect(Object.keys(additions)).toEqual(['default', 'mpr']);
  });

  it('has a toolbar in the language that the viewer has when the mode is entered', async () => {
    const instance = await mode.modeFactory({
      loadModules: () => Promise.resolve([stock('basic'), stock('segmentation')]),
    });
    language.german = true;
    const [, brush] = instance['toolbarButtons'] as { readonly props?: unknown }[];
    language.german = false;
    expect(brush.props).toMatchObject({ label: 'Pinsel' });
    const keys = Object.keys(english).filter((key) => key.startsWith('toolbar.'));
    expect([...language.said].sort()).toEqual(keys.sort());
  });

  it('refuses a viewer without the modes it derives from', async () => {
    await expect(mode.modeFactory({ loadModules: () => Promise.resolve([]) })).rejects.toThrow(
      '@ohif/mode-basic',
    );
  });
});
