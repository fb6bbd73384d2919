import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { writeThreeMf } from '../../../../extension/src/engine/surface/threeMf.ts';
import { tetrahedron } from '../../../support/tetrahedron.ts';

const metadata = {
  title: 'Designed cranial implant',
  description: 'Research use only, not a medical device',
  application: 'test 1',
  created: new Date('2026-01-02T03:04:05Z'),
};
const modelOf = (file: Uint8Array) => strFromU8(unzipSync(file)['3D/3dmodel.model']);
const numbers = (model: string, pattern: RegExp) =>
  [...model.matchAll(pattern)].flatMap(([, ...found]) => found.map(Number));

describe('writeThreeMf', () => {
  it('is a package with its types first, its relationship and the model', () => {
    const names = Object.keys(unzipSync(writeThreeMf([tetrahedron()], metadata)));
    expect(names).toEqual(['[Content_Types].xml', '_rels/.rels', '3D/3dmodel.model']);
  });

  it('holds the mesh exactly, in millimetres', () => {
    const mesh = tetrahedron(Math.fround(-97.123456));
    const model = modelOf(writeThreeMf([mesh], metadata));
    expect(model).toContain('<model unit="millimeter"');
    const vertices = numbers(model, /<vertex x="(.*?)" y="(.*?)" z="(.*?)"\/>/g);
    expect(Float32Array.from(vertices)).toEqual(mesh.positions);
    const corners = numbers(model, /<triangle v1="(.*?)" v2="(.*?)" v3="(.*?)"\/>/g);
    expect(Uint32Array.from(corners)).toEqual(mesh.triangles);
  });

  it('says what it is, and its licence if there is one', () => {
    const licence = 'CC-BY-NC-SA-4.0 <"non-commercial" & research>\u0007';
    const model = modelOf(writeThreeMf([tetrahedron()], { ...metadata, licence }));
    expect(model).toContain('<metadata name="Title">Designed cranial implant</metadata>');
    expect(model).toContain('>Research use only, not a medical device</metadata>');
    expect(model).toContain('<metadata name="Application">test 1</metadata>');
    expect(model).toContain('<metadata name="CreationDate">2026-01-02</metadata>');
    expect(model).toContain(
      '<metadata name="LicenseTerms">CC-BY-NC-SA-4.0 &lt;&quot;non-commercial&quot; &amp; research&gt;</metadata>',
    );
    expect(modelOf(writeThreeMf([tetrahedron()], metadata))).not.toContain('LicenseTerms');
  });

  it('puts the pieces into one file, each an object to be built', () => {
    const model = modelOf(writeThreeMf([tetrahedron(), tetrahedron(20)], metadata));
    expect(model.match(/<object /g)).toHaveLength(2);
    expect(model).toContain('name="Designed cranial implant, piece 2"');
    expect(model).toContain('<build><item objectid="1"/><item objectid="2"/></build>');
  });

  it('is the same file for the same mesh and time', () => {
    const [a, b] = [1, 2].map(() => writeThreeMf([tetrahedron()], metadata));
    expect(a).toEqual(b);
  });
});
