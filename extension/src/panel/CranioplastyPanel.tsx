import type { KeyboardEvent } from 'react';
import { commandsContext } from '../commandsModule.ts';
import type { CranioplastyService } from '../services/CranioplastyService.ts';
import type { CommandsManager } from '../types/ohif.ts';
import type { CtReference, ViewerPort } from '../viewer/ViewerPort.ts';
import { say, translate } from '../words/say.ts';
import { CaseHead } from './CaseHead.tsx';
import { ActivityBar } from './ActivityBar.tsx';
import { Fold, Notice } from './parts.tsx';
import { VolumeSwitch } from './VolumeSwitch.tsx';
import { ComparisonSection } from './ComparisonSection.tsx';
import { FitSection } from './FitSection.tsx';
import { ImplantSection } from './implant/ImplantSection.tsx';
import { ReopenSection } from './reopening/ReopenSection.tsx';
import { ResultSection } from './result/ResultSection.tsx';
import { RunSection } from './RunSection.tsx';
import { SkullSection } from './SkullSection.tsx';
import {
  useInstalledModels,
  useLanguage,
  useOutputSettings,
  useStudyState,
  useViewerChanges,
} from './useService.ts';

export interface PanelProps {
  readonly service: CranioplastyService;
  readonly viewer: ViewerPort;
  readonly commandsManager: CommandsManager;
}

/** The viewer draws no focus around what is not its own. */
const focusRing =
  '[data-cy=cranioplasty-panel] :is(summary, select, input, button):focus-visible { outline: 2px solid #5acce6; outline-offset: 1px; }';

const keysOfControls = /^( |Enter|Home|End|Page(Up|Down)|Arrow(Up|Down|Left|Right))$/;

/** The viewer has hotkeys of its own for Enter, the space bar and arrows, and they would take these from every button. */
function keepForControls(event: KeyboardEvent): void {
  const { ctrlKey, altKey, metaKey, key } = event;
  if (keysOfControls.test(key) && !ctrlKey && !altKey && !metaKey) event.stopPropagation();
}

/** The panel: a view of the service's state that sends commands. It holds nothing itself. */
export function CranioplastyPanel(props: PanelProps) {
  useViewerChanges(props.viewer);
  const language = useLanguage();
  const { ct, error } = props.service.currentCt();
  return (
    <div
      // All its words are others in another language.
      key={language}
      data-cy="cranioplasty-panel"
      onKeyDown={keepForControls}
      className="text-foreground flex h-full flex-col overflow-y-auto text-sm"
    >
      <style>{focusRing}</style>
      <div
        className="bg-background px-2 py-1 text-center"
        style={{ position: 'sticky', top: 0, zIndex: 1, color: '#fbbf24' }}
      >
        {say('researchUse')}
      </div>
      {ct ? (
        <StudyPanel key={ct.studyInstanceUID} {...props} ct={ct} />
      ) : (
        <div className="p-2">
          <Notice tone="error" role="alert" data-cy="cranioplasty-error">
            {translate(error)}
          </Notice>
        </div>
      )}
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
  const problem = error ?? service.ctProblem(ct);
  const run = (command: string, options: object = {}) =>
    void commandsManager.runCommand(command, options, commandsContext);
  const input = (
    <Fold title={say(result ? 'run.again' : 'run.title')} open={!result}>
      <SkullSection
        sources={sources}
        chosenKey={chosen?.key}
        threshold={threshold}
        disabled={activity !== undefined}
        onChoose={(key) => service.chooseSkull(key)}
        onThreshold={(value) => service.setThreshold(value)}
        onSegment={() => run('segmentBoneFromCt')}
      >
        {!result && <VolumeSwitch />}
      </SkullSection>
      <RunSection
        activity={activity}
        method={method}
        ready={chosen !== undefined}
        again={result !== undefined}
        model={service.chosenModel(ct)}
        installed={installed}
        onModel={(folder) => service.chooseModel(folder)}
        onMethod={(value) => service.setMethod(value)}
        alternative={state.alternative}
        onAlternative={(value) => service.setAlternative(value)}
        onReconstruct={() => run('reconstructSkull')}
      />
    </Fold>
  );
  return (
    <>
      {problem && (
        <div className="px-2 pt-1">
          <Notice tone="error" role="alert" data-cy="cranioplasty-error">
            {translate(problem)}
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
      {activity && <ActivityBar activity={activity} onCancel={() => run('cancelReconstruction')} />}
      <ReopenSection
        stored={service.storedResults(ct)}
        reopened={result?.reopened}
        disabled={activity !== undefined}
        onReopen={(sopInstanceUID) => run('reopenResult', { sopInstanceUID })}
      />
      {result && (
        <ResultSection
          result={result}
          appearance={appearance}
          showDisagreement={showDisagreement}
          designing={state.designing}
          skullEdited={service.isSkullEdited(ct)}
          onUpdate={(keepEdits) => run('updateReconstruction', { keepEdits })}
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
          alternativesShown={state.layout === 'alternatives'}
          onAlternatives={() => run('computeAlternativeShapes')}
          onShowAlternatives={(show) => run('showAlternativeShapes', { show })}
          onTakeAlternative={(alternative, keepEdits) =>
            run('takeAlternativeShape', { alternative, keepEdits })
          }
          onRehearse={() => run('rehearseReconstruction')}
          onSave={() => run('saveReconstruction')}
          onDownloadReport={() => run('downloadReconstructionReport')}
          onDownloadSeg={() => run('downloadReconstructionSeg')}
          onDownloadStl={(shape) => run('downloadReconstructionStl', { shape })}
          onDownload3mf={() => run('downloadImplant3mf')}
        />
      )}
      <div className="flex flex-col gap-1 px-2 pb-2 text-sm">
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
            onColours={(colours) => run('setImplantColours', { colours })}
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
            sideBySide={state.layout === 'compared'}
            disabled={activity !== undefined}
            onChoose={(keys) => service.chooseComparables(keys)}
            onCompare={() => run('compareShapes')}
            onSideBySide={(show) => run('showSideBySide', { show })}
          />
        )}
        {input}
      </div>
    </>
  );
}
