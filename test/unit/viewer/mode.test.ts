import { describe, expect, it, vi } from 'vitest';
import mode from '../../../mode/src/index.ts';
import type { ModeDefinition, ModeInstance } from '../../../mode/src/ohifMode.ts';
import { isValidMode } from '../../../mode/src/validity.ts';

function stock(id: string): ModeDefinition {
  const modeInstance = {
    id,
    routeName: id,
    displayName: id,
    hide: true,
    extensions: {},
    toolbarButtons: [`${id} buttons`],
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
      toolbarButtons: ['segmentation buttons'],
      hangingProtocol: 'cranioplasty',
    });
    expect(instance.onModeEnter).toBe(basic.modeInstance?.onModeEnter);
  });

  it('refuses a viewer without the modes it derives from', async () => {
    await expect(mode.modeFactory({ loadModules: () => Promise.resolve([]) })).rejects.toThrow(
      '@ohif/mode-basic',
    );
  });
});
