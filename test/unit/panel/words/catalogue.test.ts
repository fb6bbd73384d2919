import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { warning } from '../../../../extension/src/engine/warnings.ts';
import { inARow, sayOfCheck } from '../../../../extension/src/engine/words/checkSentences.ts';
import { sayMaterial } from '../../../../extension/src/engine/words/parameterTexts.ts';
import { english } from '../../../../extension/src/words/english.ts';
import { german } from '../../../../extension/src/words/german.ts';
import { dicomErrors } from '../../../../extension/src/dicom/errorSentences.ts';
import { completeParameters } from '../../../../extension/src/engine/implant/parameters.ts';
import {
  noDefectFound,
  type CranioplastyError,
} from '../../../../extension/src/engine/space/errors.ts';
import { fillIn, saidOf } from '../../../../extension/src/engine/words/sentence.ts';
import { engineErrors } from '../../../../extension/src/engine/words/errorSentences.ts';
import { together, viewerErrors } from '../../../../extension/src/words/errorSentences.ts';
import { objectTexts, sayObject } from '../../../../extension/src/words/objectNames.ts';
import { reopenSentences } from '../../../../extension/src/words/reopenSentences.ts';
import {
  currentLanguage,
  namespace,
  say,
  sayInEnglish,
  translate,
  translateAll,
  type TextValues,
  speakThrough,
  subscribeToLanguage,
} from '../../../../extension/src/words/say.ts';

const panel = fileURLToPath(new URL('../../../../extension/src/panel', import.meta.url));
const sources = readdirSync(panel, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.tsx'))
  .map((file) => ({ file, text: readFileSync(join(panel, file), 'utf8') }));

/** Attributes whose value a user reads or hears. */
const read = new Set([
  'title',
  'label',
  'help',
  'name',
  'placeholder',
  'none',
  'aria-label',
  'text',
]);
/** Units and names that are the same in every language. */
const sameEverywhere = /^(mm|ml|g|°|%|cm²|SEG|[\s.,;:()×·–−+\d/¹²³⁴]|1\/mm⁴)*$/;

/** What is compared is not shown. */
const compares = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

/** Words of a source that a user sees and that are not in the catalogue. */
function literalsIn(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && read.has(node.name.getText())) {
      node.initializer?.forEachChild((value) => {
        if (ts.isStringLiteralLike(value)) found.push(value.text);
      });
      if (node.initializer && ts.isStringLiteral(node.initializer))
        found.push(node.initializer.text);
    }
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent) && node.expression) {
      const within = (part: ts.Node): void => {
        if (ts.isCallExpression(part) || ts.isJsxElement(part) || ts.isJsxSelfClosingElement(part))
          return;
        if (ts.isBinaryExpression(part) && compares.has(part.operatorToken.kind)) return;
        if (ts.isStringLiteralLike(part)) found.push(part.text);
        if (ts.isTemplateExpression(part))
          found.push(part.head.text, ...part.templateSpans.map(({ literal }) => literal.text));
        part.forEachChild(within);
      };
      within(node.expression);
    }
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found.filter((literal) => !sameEverywhere.test(literal));
}

describe('the words of the panel', () => {
  it('are all in the catalogue', () => {
    expect(sources.length).toBeGreaterThan(10);
    for (const { file, text } of sources) expect(literalsIn(file, text), file).toEqual([]);
  });

  it('would be found if they were not', () => {
    const tsx = 'const a = <p title="Two words">Hello {shown ? `all ${b} of it` : "none"}</p>;';
    expect(new Set(literalsIn('a.tsx', tsx))).toEqual(
      new Set(['Two words', 'Hello', 'all ', ' of it', 'none']),
    );
  });

  it('are all used', () => {
    const everything = readdirSync(join(panel, '..'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !file.includes('words/'))
      .map((file) => readFileSync(join(panel, '..', file), 'utf8'))
      .join('\n');
    // Keys that are put together, by their beginning.
    const built =
      /^(run\.method|run\.alternative|alternatives\.name|doing|stage|shape|side|bone|checks|warning|implant\.(kind|colours)|check|material|parameter|direction|tour|files\.stl|sentence|object|toolbar|leaving)\./;
    const unused = Object.keys(english).filter(
      (key) => !built.test(key) && !everything.includes(`'${key}'`),
    );
    expect(unused).toEqual([]);
  });
});

describe('another language', () => {
  it('has each text, with the same places to fill', () => {
    const places = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map(String).sort();
    expect(Object.keys(german)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(english)) {
      const translated = german[key as keyof typeof english];
      expect(translated, key).not.toBe('');
      expect(places(translated), key).toEqual(places(text));
    }
  });
});

describe('saying', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is English without a viewer, with its values put in', () => {
    expect(say('pieces.piece', { number: 2, site: 'right frontal', volume: '1.2' })).toBe(
      '2. right frontal, 1.2 ml',
    );
    // What is not given stays to be seen.
    expect(say('doing.left')).toBe('about {{time}} left');
    expect(currentLanguage()).toBe('en-US');
  });

  it('says warnings of the engine by name, and those of others as they are', () => {
    const known = warning('several-defects', 'several-defects', { count: 2 });
    expect(translate(known)).toBe(known.message);
    const foreign = { message: 'Of another version.' };
    expect(translate(foreign)).toBe(foreign.message);
    const newer = { ...foreign, sentence: { name: 'newer', values: {} } };
    expect(translate(newer)).toBe(foreign.message);
  });

  it('says what goes to the PACS by name and number', () => {
    expect(sayObject("implant's STL 2")).toMatchObject({
      message: "implant's STL 2",
      sentence: {
        name: 'object.numbered',
        values: { object: { sentence: { name: 'object.solid' } }, number: '2' },
      },
    });
    expect(sayObject('segmentation').sentence?.name).toBe('object.segmentation');
    expect(sayObject('something else')).toEqual({ message: 'something else' });
  });

  it('says several things as one', () => {
    const [a, b, c] = ['segmentation', "implant's STL", 'report of measurements'].map(sayObject);
    expect(together('error.list', [a]).message).toBe('segmentation');
    expect(together('error.list', [a, b, c]).message).toBe(
      "segmentation, the implant's STL, the report of measurements",
    );
  });

  it('has one source for each sentence', () => {
    const parts = [engineErrors, dicomErrors, viewerErrors, objectTexts, reopenSentences];
    const names = parts.flatMap((part) => Object.keys(part));
    expect(new Set(names).size).toBe(names.length);
    const texts = parts.flatMap((part): string[] => Object.values(part));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('says several sentences by name, or what was said in English', () => {
    const check = inARow(
      sayOfCheck('checked.depth'),
      sayOfCheck('checked.depth.thickened', { volume: '0.10' }),
    );
    expect(translateAll(check)).toBe(check.message);
    const foreign = { message: 'Of another version.' };
    expect(translateAll(foreign)).toBe(foreign.message);
    expect(translateAll({ ...foreign, sentences: [] })).toBe(foreign.message);
    const half = [...check.sentences, { name: 'newer', values: {} }];
    expect(translateAll({ ...foreign, sentences: half })).toBe(foreign.message);
  });

  it('puts the parts of a sentence together in the language of the whole', () => {
    speakThrough(
      {
        language: 'de',
        t: (key, values) => fillIn(german[key as keyof typeof german], values as TextValues),
        addResourceBundle: () => undefined,
        on: () => undefined,
      },
      {},
    );
    expect(() => completeParameters({ thickness: 12 })).toThrow(
      expect.objectContaining({
        message: 'Thickness cannot be 12: choose 1 to 10 mm, or "bone".',
      }),
    );
    try {
      completeParameters({ thickness: 12 });
    } catch (error) {
      expect(translate(error as CranioplastyError)).toBe(
        'Dicke: 12 geht nicht, möglich sind 1 bis 10 mm oder „wie der Knochen“.',
      );
    }
    // What was known of it as plain data is what is said.
    expect(translate(saidOf(noDefectFound()))).toMatch(/^In diesem Schädel wurde kein Defekt/);
  });

  it('goes through the viewer once there is one, and tells of another language', () => {
    let changed: (() => void) | undefined;
    const host = {
      language: 'de',
      t: vi.fn((key: string) => `de:${key}`),
      addResourceBundle: vi.fn(),
      on: (_event: 'languageChanged', listener: () => void) => (changed = listener),
    };
    speakThrough(host, { 'en-US': english, de: german });
    expect(host.addResourceBundle).toHaveBeenCalledWith('de', namespace, german, true, false);
    expect(say('result.save')).toBe('de:result.save');
    expect(host.t).toHaveBeenLastCalledWith(
      'result.save',
      expect.objectContaining({ ns: namespace, defaultValue: 'Save to PACS' }),
    );
    expect(sayInEnglish('result.save')).toBe('Save to PACS');
    const known = warning('several-defects', 'several-defects', { count: 2 });
    expect(translate(known)).toBe('de:sentence.several-defects');
    expect(host.t).toHaveBeenLastCalledWith(
      'sentence.several-defects',
      expect.objectContaining({ count: 2 }),
    );
    const check = sayOfCheck('checked.mass', {
      mass: 1,
      volume: 2,
      material: sayMaterial('material.titanium'),
    });
    expect(translate(check)).toBe('de:checked.mass');
    expect(host.t).toHaveBeenLastCalledWith(
      'checked.mass',
      expect.objectContaining({ mass: 1, material: 'de:material.titanium' }),
    );
    expect(currentLanguage()).toBe('de');
    const listener = vi.fn();
    const stop = subscribeToLanguage(listener);
    changed?.();
    stop();
    changed?.();
    expect(listener).toHaveBeenCalledOnce();
  });
});
