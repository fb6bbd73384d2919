import { strToU8, zipSync } from 'fflate';
import type { Mesh } from './mesh.ts';

/** What a 3MF file says of itself. */
export interface ThreeMfMetadata {
  readonly title: string;
  readonly description: string;
  readonly application: string;
  /** Terms under which it may be used. */
  readonly licence?: string;
  readonly created?: Date;
}

const contentTypes = `<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>
`;
const relationships = `<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Target="/3D/3dmodel.model" Id="model" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>
`;

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const;

/** Text of an XML document: without the control characters that XML cannot hold. */
function xml(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- they are what is looked for
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
      .replaceAll(/[&<>"]/g, (c) => entities[c as keyof typeof entities])
  );
}

/** The shortest decimal that is read as the same single-precision number. */
function decimal(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

function objectXml({ positions: p, triangles: t }: Mesh, id: number, name: string): string {
  const parts = [`<object id="${id}" type="model" name="${xml(name)}"><mesh><vertices>`];
  for (let v = 0; v < p.length; v += 3) {
    parts.push(`<vertex x="${decimal(p[v])}" y="${decimal(p[v + 1])}" z="${decimal(p[v + 2])}"/>`);
  }
  parts.push('</vertices><triangles>');
  for (let i = 0; i < t.length; i += 3)
    parts.push(`<triangle v1="${t[i]}" v2="${t[i + 1]}" v3="${t[i + 2]}"/>`);
  parts.push('</triangles></mesh></object>');
  return parts.join('');
}

/**
 * A 3MF file (core specification 1.3) of one object a mesh, in millimetres, at the meshes' own coordinates (patient
 * LPS). Coordinates are kept in single precision, exactly.
 *
 * @param meshes closed, each with a triangle at least
 */
export function writeThreeMf(meshes: readonly Mesh[], metadata: ThreeMfMetadata): Uint8Array {
  const { title, description, application, licence, created = new Date() } = metadata;
  const said: readonly (readonly [string, string | undefined])[] = [
    ['Title', title],
    ['Description', description],
    ['Application', application],
    ['LicenseTerms', licence],
    ['CreationDate', created.toISOString().slice(0, 10)],
  ];
  const model = [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<model unit="millimeter" xml:lang="en" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">',
    ...said.flatMap(([name, value]) =>
      value ? [`<metadata name="${name}">${xml(value)}</metadata>`] : [],
    ),
    '<resources>',
    ...meshes.map((mesh, n) =>
      objectXml(mesh, n + 1, meshes.length > 1 ? `${title}, piece ${n + 1}` : title),
    ),
    '</resources><build>',
    ...meshes.map((_, n) => `<item objectid="${n + 1}"/>`),
    '</build></model>\n',
  ].join('');
  return zipSync(
    {
      '[Content_Types].xml': strToU8(contentTypes),
      '_rels/.rels': strToU8(relationships),
      '3D/3dmodel.model': strToU8(model),
    },
    { mtime: created },
  );
}
