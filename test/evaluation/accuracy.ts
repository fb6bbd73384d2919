/**
 * Accuracy of a model beside the mirrored skull on virtual defects with known truth.
 *
 *     npx tsx test/evaluation/accuracy.ts CASES [model] [--out metrics.csv]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { NodeBackend } from '../../cli/src/nodeBackend.ts';
import { dice, comparePatches } from '../../extension/src/engine/metrics.ts';
import { checkModel, loadModel, reconstruct } from '../../extension/src/engine/reconstruct.ts';
import { applyRigid, invertRigid } from '../../extension/src/engine/transform.ts';
import { modelFolder, shippedAtlas } from '../support/atlasFiles.ts';
import { readCases } from './cases.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
const [folder, name = 'lite'] = positionals;
if (!folder) {
  console.error('Usage: npx tsx test/evaluation/accuracy.ts CASES [model] [--out metrics.csv]');
  process.exit(2);
}

interface Row {
  readonly case: string;
  readonly region: string;
  readonly method: string;
  readonly dice: number;
  readonly borderDice: number;
  readonly hd95: number;
  readonly outer: number;
  readonly outerBothWays: number;
  readonly closed: number;
  readonly implantDice: number;
  readonly seconds: number;
}

const atlas = await shippedAtlas();
const model = await loadModel(modelFolder(name));
const backend = await NodeBackend.create('cpu');
await checkModel(model, backend);
const rows: Row[] = [];
for (const c of readCases(folder)) {
  for (const method of ['network', 'mirror'] as const) {
    const began = performance.now();
    const label = method === 'network' ? name : 'mirror';
    let row: Row;
    try {
      const result = await reconstruct({
        skull: c.defective,
        model,
        atlas,
        backend,
        method,
        modelChecked: true,
      });
      const cavity = applyRigid(invertRigid(result.alignment.toCanonical), atlas.centre);
      const m = comparePatches(c.defective, result.patch.mask, c.patch, cavity);
      row = {
        case: c.name,
        region: c.region,
        method: label,
        dice: m.dice,
        borderDice: m.borderDice,
        hd95: m.hd95,
        outer: m.outerSurfaceError,
        outerBothWays: m.outerSurfaceErrorBothWays,
        closed: 1 - m.openShare,
        implantDice: c.implant ? dice(result.implant.mask.data, c.implant.data) : NaN,
        seconds: (performance.now() - began) / 1000,
      };
    } catch (error) {
      // A case without a result counts as a miss, not as absent.
      console.log(`${c.name} ${label}: ${(error as Error).message}`);
      const nothing = {
        dice: 0,
        borderDice: 0,
        hd95: Infinity,
        outer: Infinity,
        outerBothWays: Infinity,
        closed: 0,
      };
      row = {
        case: c.name,
        region: c.region,
        method: label,
        ...nothing,
        implantDice: 0,
        seconds: (performance.now() - began) / 1000,
      };
    }
    rows.push(row);
    console.log(format(row.case, row));
  }
}

function format(first: string, row: Row): string {
  return [
    first.padEnd(22),
    row.method.padEnd(7),
    `Dice ${row.dice.toFixed(3)}`,
    `border ${row.borderDice.toFixed(3)}`,
    `HD95 ${row.hd95.toFixed(2)}`,
    `outer ${row.outer.toFixed(2)}`,
    `both ways ${row.outerBothWays.toFixed(2)}`,
    `closed ${(100 * row.closed).toFixed(1)} %`,
    `implant ${row.implantDice.toFixed(3)}`,
    `${row.seconds.toFixed(1)} s`,
  ].join('  ');
}

/** Mean over the cases that gave a result; the misses are counted beside it. */
function mean(group: readonly Row[]): Row & { readonly missed: number } {
  const done = group.filter((r) => Number.isFinite(r.outer));
  const of = (key: keyof Row): number =>
    done.reduce((sum, r) => sum + Number(r[key]), 0) / done.length;
  return {
    ...group[0],
    dice: of('dice'),
    borderDice: of('borderDice'),
    hd95: of('hd95'),
    outer: of('outer'),
    outerBothWays: of('outerBothWays'),
    closed: of('closed'),
    implantDice: of('implantDice'),
    seconds: of('seconds'),
    missed: group.length - done.length,
  };
}

console.log('\nMeans');
const regions = [...new Set(rows.map((r) => r.region))];
for (const region of [...regions, 'all'])
  for (const method of [name, 'mirror']) {
    const group = rows.filter(
      (r) => r.method === method && (region === 'all' || r.region === region),
    );
    if (!group.length) continue;
    const m = mean(group);
    console.log(
      format(region, m) + (m.missed ? `  (${m.missed} of ${group.length} without a result)` : ''),
    );
  }
if (values.out) {
  const keys = Object.keys(rows[0]) as Array<keyof Row>;
  writeFileSync(
    values.out,
    [keys.join(','), ...rows.map((r) => keys.map((k) => r[k]).join(','))].join('\n') + '\n',
  );
}
