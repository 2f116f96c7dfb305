/** What a study holds fixed beside temperature and cell: compositions, chemical potentials, pressures. */
import type { Study } from "../data/study/schema.ts";
import type { Ensemble } from "../mc/ensemble.ts";
import type { Condition } from "../mc/grid.ts";
import { oxygenChemicalPotential } from "../mc/oxygen-potential.ts";

/** Title of an axis on which conditions are drawn by their value; null where they have none. */
export function conditionAxis(section: SampleSection): string | null {
  const conditions = conditionsOfStudy(section);
  if (conditions.some(({ axisValue }) => axisValue === null)) return null;
  switch (section.ensemble) {
    case "canonical":
      return null;
    case "semi-grand":
      return "Chemical potential (eV)";
    case "variance-constrained":
      return "φ";
    case "reservoir":
      return section.reservoir!.delta_mu_eV ? "Δμ (eV)" : "log₁₀ of the O₂ pressure in bar";
    default:
      throw section.ensemble satisfies never;
  }
}

export interface StudyCondition extends Condition {
  /** "1/16", "Δμ = -2.1 eV". */
  readonly label: string;
  /** The value without the name of the quantity, for places that state the name once: "-2.1 eV". */
  readonly shortLabel: string;
  /** Where the condition stands on an axis: null for compositions, whose place depends on the species looked at. */
  readonly axisValue: number | null;
}

type SampleSection = NonNullable<Study["sample"]>;

/** The quantity that the conditions of a study are values of. */
export function conditionName(section: SampleSection): string {
  switch (section.ensemble) {
    case "canonical":
      return "Θ";
    case "semi-grand":
      return "μ";
    case "variance-constrained":
      return "φ";
    case "reservoir":
      return section.reservoir!.delta_mu_eV ? "Δμ" : "p(O2)";
    default:
      throw section.ensemble satisfies never;
  }
}

/** The conditions in the order of the study. */
export function conditionsOfStudy(section: SampleSection): StudyCondition[] {
  const start = section.compositions?.[0] ?? { per_cell: {} };
  const open = (
    [label, shortLabel]: readonly [string, string],
    axisValue: number | null,
    ensemble: Condition["ensemble"],
  ): StudyCondition => ({
    composition: start,
    path: "sample.compositions[0]",
    label,
    shortLabel,
    axisValue,
    ensemble,
  });
  switch (section.ensemble) {
    case "canonical":
      return section.compositions!.map((composition, c) => ({
        composition,
        path: `sample.compositions[${c}]`,
        label: composition.label ?? speciesText(composition.per_cell),
        shortLabel: composition.label ?? speciesText(composition.per_cell),
        axisValue: null,
        ensemble: () => ({ kind: "canonical" }),
      }));
    case "semi-grand":
      return section.chemical_potentials!.map(({ label, mu_eV }) =>
        open(labelsOf(label, "μ", mu_eV, " eV"), onlyValue(mu_eV), () => ({
          kind: "semi-grand",
          chemicalPotentials: mu_eV,
        })),
      );
    case "variance-constrained": {
      const { kappa, phi: all } = section.variance_constraint!;
      return all.map(({ label, phi }) =>
        open(labelsOf(label, "φ", phi, ""), onlyValue(phi), () => ({
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
        ...(delta_mu_eV ?? []).map((mu) => open(named("Δμ", `${short(mu)} eV`), mu, () => at(mu))),
        ...(oxygen_pressures_bar ?? []).map((pressure) =>
          open(named("p(O2)", `${short(pressure)} bar`), Math.log10(pressure), (temperature) =>
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

function named(symbol: string, value: string): [string, string] {
  return [`${symbol} = ${value}`, value];
}

function labelsOf(
  label: string | undefined,
  symbol: string,
  numbers: Readonly<Record<string, number>>,
  unit: string,
): [string, string] {
  if (label !== undefined) return [label, label];
  const entries = Object.entries(numbers);
  const whole = entries
    .map(([species, value]) => `${symbol}(${species}) = ${short(value)}${unit}`)
    .join(", ");
  return [whole, entries.length === 1 ? `${short(entries[0][1])}${unit}` : whole];
}

function short(value: number): string {
  const rounded = Number(value.toPrecision(6));
  const size = Math.abs(rounded);
  return size > 0 && (size < 1e-3 || size >= 1e6) ? rounded.toExponential() : String(rounded);
}

/** A set of several has no place on one axis. */
function onlyValue(numbers: Readonly<Record<string, number>>): number | null {
  const values = Object.values(numbers);
  return values.length === 1 ? values[0] : null;
}
