import type { ResultShape, ShapeName } from './state/shapes.ts';
import type { ShapeAppearance } from './viewer/ViewerPort.ts';
import type { Alternative } from './engine/prior/shapePrior.ts';
import type { Vec3 } from './engine/space/grid.ts';
import type { ChosenParameters, ImplantColours, ImplantKind } from './state/implantChoices.ts';
import type { FitOverlay } from './state/studyState.ts';
import type { CranioplastyService } from './services/CranioplastyService.ts';
import type { CommandDefinition } from './types/ohif.ts';

export const commandsContext = 'CRANIOPLASTY';

/** What can be bound to buttons and hotkeys; the panel uses the same commands. */
export function createCommandsModule(service: CranioplastyService): {
  definitions: Record<string, CommandDefinition>;
  defaultContext: string;
} {
  return {
    defaultContext: commandsContext,
    definitions: {
      segmentBoneFromCt: { commandFn: () => service.segmentBone() },
      reconstructSkull: { commandFn: () => service.reconstruct() },
      updateReconstruction: {
        commandFn: ({ keepEdits }: { keepEdits: boolean }) => service.updateResult(keepEdits),
      },
      computeAlternativeShapes: { commandFn: () => service.computeAlternatives() },
      showAlternativeShapes: {
        commandFn: ({ show }: { show: boolean }) => service.showAlternatives(show),
      },
      takeAlternativeShape: {
        commandFn: ({ alternative, keepEdits }: { alternative: Alternative; keepEdits: boolean }) =>
          service.takeAlternative(alternative, keepEdits),
      },
      rehearseReconstruction: { commandFn: () => service.rehearse() },
      leaveOutPatchPiece: {
        commandFn: ({ piece }: { piece: number }) => service.leaveOutPiece(piece),
      },
      bringBackPatchPiece: { commandFn: () => service.bringBackPiece() },
      chooseBrushShape: {
        commandFn: ({ shape }: { shape: ShapeName }) => service.chooseBrush(shape),
      },
      cancelReconstruction: { commandFn: () => service.cancel() },
      saveReconstruction: { commandFn: () => service.save() },
      reopenResult: {
        commandFn: ({ sopInstanceUID }: { sopInstanceUID: string }) =>
          service.reopen(sopInstanceUID),
      },
      downloadReconstructionSeg: { commandFn: () => service.downloadSeg() },
      downloadReconstructionStl: {
        commandFn: ({ shape }: { shape: ResultShape }) => service.downloadStl(shape),
      },
      downloadImplant3mf: { commandFn: () => service.downloadThreeMf() },
      showDisagreement: {
        commandFn: ({ show }: { show: boolean }) => service.showDisagreement(show),
      },
      downloadReconstructionReport: { commandFn: () => service.downloadReport() },
      compareShapes: { commandFn: () => service.compare() },
      showSideBySide: {
        commandFn: ({ show }: { show: boolean }) => service.showSideBySide(show),
      },
      judgeFit: { commandFn: () => service.judgeFit() },
      setFitOverlay: {
        commandFn: (change: Partial<FitOverlay>) => service.setFitOverlay(change),
      },
      setImplantParameters: {
        commandFn: (change: ChosenParameters) => service.setImplantParameters(change),
      },
      resetImplantParameters: { commandFn: () => service.resetImplantParameters() },
      undoImplantParameters: { commandFn: () => service.undoImplantParameters() },
      redoImplantParameters: { commandFn: () => service.redoImplantParameters() },
      takeImplantAxisFromView: { commandFn: () => service.takeImplantAxisFromView() },
      takeBackImplantEdits: { commandFn: () => service.takeBackImplantEdits() },
      chooseImplantKind: {
        commandFn: ({ kind }: { kind: ImplantKind }) => service.chooseImplantKind(kind),
      },
      chooseImplantPiece: {
        commandFn: ({ piece }: { piece: number }) => service.chooseImplantPiece(piece),
      },
      lowerImplant: { commandFn: () => service.lowerImplant() },
      showImplantAxis: {
        commandFn: ({ show }: { show: boolean }) => service.showImplantAxis(show),
      },
      setImplantColours: {
        commandFn: ({ colours }: { colours: ImplantColours }) => service.setImplantColours(colours),
      },
      lookAtPosition: {
        commandFn: ({ position }: { position: Vec3 }) => service.lookAt(position),
      },
      setReconstructionAppearance: {
        commandFn: ({ shape, ...change }: { shape: ShapeName } & Partial<ShapeAppearance>) =>
          service.setAppearance(shape, change),
      },
    },
  };
}
