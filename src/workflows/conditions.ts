/** What a study holds fixed beside temperature and cell: compositions, chemical potentials, pressures. */
import type { Study } from "../data/study/schema.ts";
import type { Ensemble } from "../mc/ensemble.ts";
import type { Condition } from "../mc/grid.ts";
import { oxygenChemicalPotential } from "../mc/oxygen-potential.ts";

export interface StudyCondition extends Condition {
  /** "1/16", "Δμ = -2.1 eV". */
  readonly label: string;
  /** Where the condition stands on an axis: null for compositions, whose place depends on the species looked at. */
  readonly axisValue: number | null;
}

type SampleSection = NonNullable<Study["sample"]>;

/** What the conditions of a study are: the title of an axis. */
export function conditionName(section: SampleSection): string {
  switch (section.ensemble) {
    case "canonical":
      return "Θ";
    case "semi-grand":
      return "μ (eV)";
    case "variance-constrained":
      return "φ";
    case "reservoir":
      return section.reservoir!.delta_mu_eV ? "Δμ (eV)" : "log10 p(O2)/bar";
    default:
      throw section.ensemble satisfies never;
  }
}

/** The conditions in the order of the study. */
export function conditionsOfStudy(section: SampleSection): StudyCondition[] {
  const start = section.compositions?.[0] ?? { per_cell: {} };
  const open = (
    label: string,
    axisValue: number | null,
    ensemble: Condition["ensemble"],
  ): StudyCondition => ({
    composition: start,
    path: "sample.compositions[0]",
    label,
    axisValue,
    ensemble,
  });
  switch (section.ensemble) {
    case "canonical":
      return section.compositions!.map((composition, c) => ({
        composition,
        path: `sample.compositions[${c}]`,
        label: composition.label ?? speciesText(composition.per_cell),
        axisValue: null,
        ensemble: () => ({ kind: "canonical" }),
      }));
    case "semi-grand":
      return section.chemical_potentials!.map(({ label, mu_eV }) =>
        open(label ?? numbersText("μ", mu_eV, " eV"), onlyValue(mu_eV), () => ({
          kind: "semi-grand",
          chemicalPotentials: mu_eV,
        })),
      );
    case "variance-constrained": {
      const { kappa, phi: all } = section.variance_constraint!;
      return all.map(({ label, phi }) =>
        open(label ?? numbersText("φ", phi, ""), onlyValue(phi), () => ({
          kind: "variance-constrained",
          kappa,
          phi,
        })),
      );
    }
    case "reservoir": {
      const { replace, delta_mu_eV, oxygen_pressures_bar } = section.reservoir!;
      const at = (deltaMu: number): Ensemble => ({ kind: "reservoir", replace, deltaMu });
      return [
        ...(delta_mu_eV ?? []).map((mu) => open(`Δμ = ${short(mu)} eV`, mu, () => at(mu))),
        ...(oxygen_pressures_bar ?? []).map((pressure) =>
          open(`p(O2) = ${short(pressure)} bar`, Math.log10(pressure), (temperature) =>
            at(oxygenChemicalPotential(temperature, pressure)),
          ),
        ),
      ];
    }
    default:
      throw section.ensemble satisfies never;
  }
}

function speciesText(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .map(([species, n]) => `${species} ${Number(n.toFixed(4))}`)
    .join(", ");
}

function numbersText(symbol: string, numbers: Readonly<Record<string, number>>, unit: string): string {
  return Object.entries(numbers)
    .map(([species, value]) => `${symbol}(${species}) = ${short(value)}${unit}`)
    .join(", ");
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A set of several has no place on one axis. */
function onlyValue(numbers: Readonly<Record<string, number>>): number | null {
  const values = Object.values(numbers);
  return values.length === 1 ? values[0] : null;
}
