/** A potential that was trained: the data, the networks, how the errors fell, and how good the result is. */
import type { FigureBook } from "../figure.ts";
import { html } from "../html.ts";
import { count, fixed, integer, significant } from "../numbers.ts";
import { learningCurveFigure } from "../plots/learning-curve.ts";
import { energyParityFigure, forceParityFigure, spreadFigure } from "../plots/model-parity.ts";
import { fold, shortTable, table } from "../table.ts";
import type {
  ElementRow,
  ErrorRow,
  MemberSummary,
  TrainingDataRow,
  TrainingSummary,
} from "../training-model.ts";
import type { Section } from "./section.ts";

export function trainingSection(summary: TrainingSummary, figures: FigureBook): Section {
  const { method, data, elements, members, errors, energies, forces, numForces, spread, functions } = summary;
  return {
    id: "training",
    title: "Trained potential",
    body: [
      html`<p>${method}.</p>\n`,
      errorTable(errors),
      figures.add(learningCurveFigure(members)),
      energies.length === 0 ? undefined : figures.add(energyParityFigure(energies)),
      forces.length === 0 ? undefined : figures.add(forceParityFigure(forces, numForces)),
      spread === undefined || spread.length === 0 ? undefined : figures.add(spreadFigure(spread)),
      fold("Data", dataTable(data), data.length <= shortTable),
      fold("Networks", elementTable(elements), true),
      members.length < 2 ? undefined : fold(count(members.length, "member"), memberTable(members), true),
      fold(count(functions.length, "symmetry function"), functionTable(functions), false),
    ],
  };
}

function errorTable(rows: readonly ErrorRow[]) {
  const withStress = rows.some((row) => row.stressRmse_GPa !== undefined);
  return table<ErrorRow>(
    [
      { title: "set", cell: (row) => row.set },
      { title: "of", cell: (row) => row.group },
      {
        title: "structures",
        number: true,
        cell: (row) => (row.structures === undefined ? "–" : integer(row.structures)),
      },
      { title: "energy RMSE, meV/atom", number: true, cell: (row) => significant(row.energyRmse_meV, 3) },
      { title: "energy MAE, meV/atom", number: true, cell: (row) => significant(row.energyMae_meV, 3) },
      { title: "force RMSE, eV/Å", number: true, cell: (row) => significant(row.forceRmse_eV_per_A, 3) },
      { title: "force MAE, eV/Å", number: true, cell: (row) => significant(row.forceMae_eV_per_A, 3) },
      ...(withStress
        ? [
            {
              title: "stress RMSE, GPa",
              number: true,
              cell: (row: ErrorRow) => significant(row.stressRmse_GPa, 3),
            },
          ]
        : []),
    ],
    rows,
  );
}

function dataTable(rows: readonly TrainingDataRow[]) {
  return table<TrainingDataRow>(
    [
      { title: "set", cell: (row) => row.set },
      { title: "class", cell: (row) => row.structureClass },
      { title: "structures", number: true, cell: (row) => integer(row.structures) },
      { title: "atoms", number: true, cell: (row) => integer(row.atoms) },
      { title: "force components", number: true, cell: (row) => integer(row.forces) },
    ],
    rows,
  );
}

function elementTable(rows: readonly ElementRow[]) {
  return table<ElementRow>(
    [
      { title: "element", cell: (row) => row.element },
      { title: "symmetry functions", number: true, cell: (row) => integer(row.functions) },
      { title: "network", cell: (row) => row.network },
      { title: "weights", number: true, cell: (row) => integer(row.weights) },
      { title: "energy of the atom, eV", number: true, cell: (row) => fixed(row.atomicEnergy_eV, 4) },
    ],
    rows,
  );
}

function memberTable(rows: readonly MemberSummary[]) {
  const keptOf = (row: MemberSummary) => row.epochs.find(({ epoch }) => epoch === row.kept);
  return table<MemberSummary>(
    [
      { title: "member", cell: (row) => row.name },
      { title: "epoch kept", number: true, cell: (row) => integer(row.kept) },
      {
        title: "test energies, meV/atom",
        number: true,
        cell: (row) => significant(keptOf(row)?.testEnergy_meV, 3),
      },
      {
        title: "test forces, eV/Å",
        number: true,
        cell: (row) => significant(keptOf(row)?.testForce_eV_per_A, 3),
      },
      { title: "ended", cell: (row) => row.ended },
    ],
    rows,
  );
}

function functionTable(rows: TrainingSummary["functions"]) {
  return table<TrainingSummary["functions"][number]>(
    [
      { title: "element", cell: (row) => row.element },
      { title: "function", cell: (row) => row.text },
      { title: "", cell: (row) => row.fate },
    ],
    rows,
  );
}
