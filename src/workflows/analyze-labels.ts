/** Names of conditions in the report of an analysis. */
import type { PooledState } from "./analyze-pool.ts";
import { shortHash } from "./analyze-tables.ts";

/** Conditions in words, different for different conditions and models. */
export class Labels {
  readonly #byKey: ReadonlyMap<string, string>;

  constructor(states: readonly PooledState[]) {
    const models = new Set(states.map(({ modelHash }) => modelHash)).size;
    const conditionsOf = new Map<string, Set<string>>();
    for (const pooled of states) {
      const sense = senseOf(pooled);
      conditionsOf.set(sense, (conditionsOf.get(sense) ?? new Set()).add(pooled.condition));
    }
    const byKey = new Map<string, string>();
    for (const pooled of states) {
      const key = keyOf(pooled);
      if (byKey.has(key)) continue;
      const name = nameOf(pooled);
      // Two studies may call different compositions by one name.
      const ambiguous = conditionsOf.get(senseOf(pooled))!.size > 1;
      const condition = ambiguous
        ? `${name} (${pooled.condition.replaceAll(/[{}"]/g, "").replaceAll(":", " ").replaceAll(",", ", ")})`
        : name;
      byKey.set(key, models > 1 ? `${condition}, model ${shortHash(pooled.modelHash)}` : condition);
    }
    this.#byKey = byKey;
  }

  of(pooled: PooledState): string {
    return this.#byKey.get(keyOf(pooled))!;
  }

  state(pooled: PooledState): string {
    return `${this.of(pooled)}, ${pooled.state.temperature_K} K`;
  }
}

/** What one label must mean: one composition, or one potential at each temperature, which a pressure alone does not fix. */
function senseOf({ state }: PooledState): string {
  const { conditionLabel, temperature_K, chains } = state;
  return chains[0]?.ensemble.kind === "canonical" ? conditionLabel : `${conditionLabel}|${temperature_K}`;
}

/** "Θ = 1/16", but not "Θ = half". */
function nameOf({ state }: PooledState): string {
  const isNumber = /^[\d./]+$/.test(state.conditionLabel);
  const canonical = state.chains[0]?.ensemble.kind === "canonical";
  return canonical && isNumber ? `Θ = ${state.conditionLabel}` : state.conditionLabel;
}

function keyOf({ modelHash, condition }: PooledState): string {
  return `${modelHash}|${condition}`;
}
