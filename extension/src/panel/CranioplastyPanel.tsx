import { Switch } from '@ohif/ui-next';
import { useState } from 'react';
import { commandsContext } from '../commandsModule.ts';
import { isCtVolumeShownIn3d, showCtVolumeIn3d } from '../viewer/layout/ctVolumeIn3d.ts';
import type { CranioplastyService } from '../services/CranioplastyService.ts';
import type { CommandsManager } from '../types/ohif.ts';
import type { CtReference, ViewerPort } from '../viewer/ViewerPort.ts';
import { CaseHead } from './CaseHead.tsx';
import { Notice } from './parts.tsx';
import { ComparisonSection } from './ComparisonSection.tsx';
import { FitSection } from './FitSection.tsx';
import { ImplantSection } from './implant/ImplantSection.tsx';
import { ReopenSection } from './reopening/ReopenSection.tsx';
import { ResultSection } from './ResultSection.tsx';
import { RunSection } from './RunSection.tsx';
import { SkullSection } from './SkullSection.tsx';
import {
  useInstalledModels,
  useOutputSettings,
  useStudyState,
  useViewerChanges,
} from './useService.ts';

export interface PanelProps {
  readonly service: CranioplastyService;
  readonly viewer: ViewerPort;
  readonly commandsManager: CommandsManager;
}

/** The panel: a view of the service's state that sends commands. It holds nothing itself. */
export function CranioplastyPanel(props: PanelProps) {
  useViewerChanges(props.viewer);
  const { ct, error } = props.service.currentCt();
  return (
    <div
      data-cy="cranioplasty-panel"
      className="text-foreground flex h-full flex-col overflow-y-auto text-sm"
    >
      <div
        className="bg-background px-2 py-1 text-center"
        style={{ position: 'sticky', top: 0, zIndex: 1, color: '#fbbf24' }}
      >
        Research use only, not a medical device
      </div>
      {ct ? (
        <StudyPanel key={ct.studyInstanceUID} {...props} ct={ct} />
      ) : (
        <div className="p-2">
          <Notice tone="error" role="alert" data-cy="cranioplasty-error">
            {error.message}
          </Notice>
        </div>
      )}
    </div>
  );
}

/** The CT itself in 3D: off at first, because drawing it takes seconds without a fast GPU. */
function VolumeSwitch() {
  const [shown, setShown] = useState(isCtVolumeShownIn3d);
  return (
    <div className="flex items-center justify-between px-2 pb-2">
      <span className="text-muted-foreground">Draw the CT in 3D (slow without a GPU)</span>
      <Switch
        data-cy="cranioplasty-ct-in-3d"
        aria-label="Draw the CT in 3D"
        checked={shown}
        onCheckedChange={(show) => {
          showCtVolumeIn3d(show);
          setShown(show);
        }}
      />
    </div>
  );
}

function StudyPanel({ service, commandsManager, ct }: PanelProps & { readonly ct: CtReference }) {
  const outputs = useOutputSettings(service);
  const state = useStudyState(service, ct.studyInstanceUID);
  const { activity, appearance, error, method, result, showDisagreement, threshold } = state;
  const installed = useInstalledModels(service);
  const sources = service.skullSources(ct);
  const chosen = service.chosenSource(ct);
  const message = error?.message ?? service.ctProblem(ct);
  const run = (command: string, options: object = {}) =>
    void commandsManager.runCommand(command, options, commandsContext);
  return (
    <>
      {message !== undefined && (
        <div className="px-2 pt-1">
          <Notice tone="error" role="alert" data-cy="cranioplasty-error">
            {message}
          </Notice>
        </div>
      )}
      <CaseHead
        ct={ct}
        identity={service.identity(ct)}
        cts={service.cts()}
        disabled={activity !== undefined}
        onCt={(series) => service.chooseCt(series)}
      />
      <ReopenSection
        stored={service.storedResults(ct)}
        reopened={result?.reopened}
        disabled={activity !== undefined}
        onReopen={(sopInstanceUID) => run('reopenResult', { sopInstanceUID })}
      />
      <SkullSection
        sources={sources}
        chosenKey={chosen?.key}
        threshold={threshold}
        disabled={activity !== undefined}
        onChoose={(key) => service.chooseSkull(key)}
        onThreshold={(value) => service.setThreshold(value)}
        onSegment={() => run('segmentBoneFromCt')}
      />
      <RunSection
        activity={activity}
        method={method}
        ready={chosen !== undefined}
        again={result !== undefined}
        model={service.chosenModel(ct)}
        installed={installed}
        onModel={(folder) => service.chooseModel(folder)}
        onMethod={(value) => service.setMethod(value)}
        onReconstruct={() => run('reconstructSkull')}
        onCancel={() => run('cancelReconstruction')}
      />
      <VolumeSwitch />
      {result && (
        <ResultSection
          result={result}
          appearance={appearance}
          showDisagreement={showDisagreement}
          brush={service.brush(ct)}
          outputs={outputs}
          userName={service.userName()}
          onOutputs={(change) => service.store.setOutputs(change)}
          disabled={activity !== undefined}
          onAppearance={(shape, change) => run('setReconstructionAppearance', { shape, ...change })}
          onShowDisagreement={(show) => run('showDisagreement', { show })}
          onLookAt={(position) => run('lookAtPosition', { position })}
          onLeaveOut={(piece) => run('leaveOutPatchPiece', { piece })}
          onBringBack={() => run('bringBackPatchPiece')}
          onBrush={(shape) => run('chooseBrushShape', { shape })}
          onRehearse={() => run('rehearseReconstruction')}
          onSave={() => run('saveReconstruction')}
          onDownloadReport={() => run('downloadReconstructionReport')}
          onDownloadSeg={() => run('downloadReconstructionSeg')}
          onDownloadStl={(shape) => run('downloadReconstructionStl', { shape })}
          onDownload3mf={() => run('downloadImplant3mf')}
        />
      )}
      {result && (
        <ImplantSection
          result={result}
          choices={state.implant}
          designing={state.designing}
          disabled={activity !== undefined}
          onKind={(kind) => run('chooseImplantKind', { kind })}
          onPiece={(piece) => run('chooseImplantPiece', { piece })}
          onChange={(change) => run('setImplantParameters', change)}
          onAxisFromView={() => run('takeImplantAxisFromView')}
          onUndo={() => run('undoImplantParameters')}
          onRedo={() => run('redoImplantParameters')}
          onReset={() => run('resetImplantParameters')}
          onTakeBackEdits={() => run('takeBackImplantEdits')}
          onLower={() => run('lowerImplant')}
          onShowAxis={(show) => run('showImplantAxis', { show })}
          onLookAt={(position) => run('lookAtPosition', { position })}
        />
      )}
      {result && (
        <FitSection
          fit={state.fit}
          overlay={state.overlay}
          references={service.references(ct)}
          referenceKey={state.referenceKey}
          disabled={activity !== undefined}
          onReference={(key) => service.chooseReference(key)}
          onJudge={() => run('judgeFit')}
          onOverlay={(change) => run('setFitOverlay', change)}
          onLookAt={(position) => run('lookAtPosition', { position })}
        />
      )}
      {result && (
        <ComparisonSection
          comparables={service.comparables(ct)}
          keys={state.comparableKeys}
          compared={state.compared}
          sideBySide={state.sideBySide}
          disabled={activity !== undefined}
          onChoose={(keys) => service.chooseComparables(keys)}
          onCompare={() => run('compareShapes')}
          onSideBySide={(show) => run('showSideBySide', { show })}
        />
      )}
    </>
  );
}
