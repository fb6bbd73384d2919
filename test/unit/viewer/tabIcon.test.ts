import { createElement, type FunctionComponent } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ExtensionParams } from '../../../extension/src/types/ohif.ts';

const icons = vi.hoisted(() => new Map<string, unknown>());
vi.mock('@ohif/ui-next', () => ({
  Icons: { addIcon: (name: string, icon: unknown) => icons.set(name, icon) },
  Button: 'button',
  Switch: 'button',
  Input: 'input',
}));
vi.mock('@ohif/i18n', () => ({
  default: { addResourceBundle: vi.fn(), on: vi.fn(), t: (key: string) => key },
}));
vi.mock('@ohif/core', () => ({ DicomMetadataStore: {} }));

beforeAll(() => {
  const target = { addEventListener: vi.fn() };
  vi.stubGlobal('window', target);
  vi.stubGlobal('document', target);
  vi.stubGlobal('location', { href: 'http://localhost/' });
});
afterAll(() => vi.unstubAllGlobals());

it('the tab of the panel has an icon that the viewer was given', async () => {
  const { default: extension } = await import('../../../extension/src/index.ts');
  const services = { hangingProtocolService: { addCustomAttribute: vi.fn() } };
  const params = {
    servicesManager: { services, registerService: vi.fn() },
    commandsManager: {},
    extensionManager: {},
  } as unknown as ExtensionParams;
  extension.preRegistration(params);
  const [{ iconName }] = extension.getPanelModule(params);
  const icon = icons.get(iconName) as FunctionComponent<{ className: string }>;
  expect(renderToStaticMarkup(createElement(icon, { className: 'w-4' }))).toMatch(
    /^<svg class="w-4"[^>]*><path/,
  );
});
