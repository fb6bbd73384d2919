import { readAlgorithmParameters } from '../../dicom/ct/derivedObject.ts';
import type { CaseRecord } from '../../dicom/report/caseRecord.ts';
import type { SolidObject } from '../../dicom/solid/readSolid.ts';
import type { DesignedImplant } from '../../engine/implant/design.ts';
import {
  completeParameters,
  defaultParameters,
  materials,
  type ImplantParameters,
} from '../../engine/implant/parameters.ts';
import type { Mask } from '../../engine/space/volume.ts';
import type { Mesh } from '../../engine/surface/mesh.ts';
import { readStl } from '../../engine/surface/stl.ts';
import { topologyOf } from '../../engine/surface/topology.ts';
import type { ChosenParameters } from '../../state/implantChoices.ts';

/** The surfaces of stored pieces; undefined if there is none, or one that is not closed. */
export function meshesOfSolids(solids: readonly SolidObject[]): readonly Mesh[] | undefined {
  const meshes = solids.map(({ stl }) => readStl(stl));
  return meshes.length > 0 && meshes.every(isWhole) ? meshes : undefined;
}

function isWhole(mesh: Mesh): boolean {
  const { positions } = mesh;
  for (let p = 0; p < positions.length; p++) if (!Number.isFinite(positions[p])) return false;
  return topologyOf(mesh).openEdges === 0;
}

/** The parameters by which a stored implant was designed: of its report, else of its STL; undefined if neither tells. */
export function storedParameters(
  record: CaseRecord | undefined,
  solids: readonly SolidObject[],
): ImplantParameters | undefined {
  if (record?.design) return record.design.parameters;
  const [solid] = solids;
  if (!solid?.algorithm.parameters) return undefined;
  const { parameters } = readAlgorithmParameters(solid.algorithm.parameters);
  try {
    return completeParameters(JSON.parse(parameters ?? '') as ChosenParameters);
  } catch {
    return undefined;
  }
}

/** The design as it was stored; undefined unless all of it is. */
export function storedDesign(
  record: CaseRecord | undefined,
  meshes: readonly Mesh[] | undefined,
  mask: Mask,
): DesignedImplant | undefined {
  if (!record?.design || meshes?.length !== record.design.pieces) return undefined;
  const { parameters, axis, tilt, volume, mass, undercut, checks } = record.design;
  return { parameters, axis, tilt, volume, mass, undercut, checks, meshes, mask };
}

/** What has to be chosen to come to the same parameters: the rest are defaults, and the density is the material's. */
export function chosenOf({ density, ...rest }: ImplantParameters): ChosenParameters {
  const changed = Object.entries(rest).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(defaultParameters[name as keyof ImplantParameters]),
  );
  const own = materials[rest.material] === undefined ? { density } : {};
  return { ...(Object.fromEntries(changed) as ChosenParameters), ...own };
}
