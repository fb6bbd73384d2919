import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray';
import vtkPolyData from '@kitware/vtk.js/Common/DataModel/PolyData';
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor';
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper';
import { vertexNormals } from '../../engine/surface/mesh.ts';
import type { Mesh } from '../../engine/surface/mesh.ts';

/**
 * A surface as the 3D viewport draws it, smoothly shaded.
 *
 * @param colours red, green, blue of each vertex; the actor's own colour counts if absent
 */
export function createMeshActor(mesh: Mesh, colours?: Uint8Array): vtkActor {
  const polyData = vtkPolyData.newInstance();
  polyData.getPoints().setData(mesh.positions, 3);
  polyData.getPolys().setData(cells(mesh.triangles));
  polyData.getPointData().setNormals(
    vtkDataArray.newInstance({
      name: 'Normals',
      numberOfComponents: 3,
      values: vertexNormals(mesh),
    }),
  );
  if (colours) {
    polyData
      .getPointData()
      .setScalars(
        vtkDataArray.newInstance({ name: 'Colours', numberOfComponents: 3, values: colours }),
      );
  }
  const mapper = vtkMapper.newInstance({ scalarVisibility: colours !== undefined });
  // Bytes are taken as colours, not looked up in a table.
  mapper.setColorModeToDirectScalars();
  mapper.setInputData(polyData);
  const actor = vtkActor.newInstance();
  actor.setMapper(mapper);
  const property = actor.getProperty();
  property.setInterpolationToPhong();
  property.setAmbient(0.15);
  property.setDiffuse(0.85);
  property.setSpecular(0.15);
  property.setSpecularPower(15);
  return actor;
}

/** VTK wants the number of corners ahead of each polygon. */
function cells(triangles: Uint32Array): Uint32Array {
  const result = new Uint32Array((triangles.length / 3) * 4);
  for (let t = 0, c = 0; t < triangles.length; t += 3, c += 4) {
    result[c] = 3;
    result[c + 1] = triangles[t];
    result[c + 2] = triangles[t + 1];
    result[c + 3] = triangles[t + 2];
  }
  return result;
}
