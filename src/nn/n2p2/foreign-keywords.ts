/** Keywords of input.nn that are not for this program: those that change nothing, and those that change the energy. */
import { dataError } from "../../core/errors.ts";
import { type InputNn, type InputNnLine, lineOf } from "./input-nn.ts";

/** What the readers of this folder take into account. */
const understood = new Set([
  "nnp_type",
  "nnp_gen",
  "nn_type_short",
  "number_of_elements",
  "elements",
  "atom_energy",
  "cutoff_type",
  "symfunction_short",
  "scale_symmetry_functions",
  "scale_symmetry_functions_sigma",
  "scale_min_short",
  "scale_max_short",
  "center_symmetry_functions",
  "global_hidden_layers_short",
  "global_nodes_short",
  "global_activation_short",
  "element_hidden_layers_short",
  "element_nodes_short",
  "element_activation_short",
  "normalize_nodes",
  "mean_energy",
  "conv_energy",
  "conv_length",
  "committee_mode",
]);

/** Of training, output and other tools: no energy depends on them. */
const harmless = new RegExp(
  [
    "^(kalman|gradient|write|rmse_threshold|selection_mode|task_batch_size|weights|main_error)(_|$)",
    "^(random_seed|random_number_type|test_fraction|epochs|use_short_forces|use_short_nn|force_weight|energy_fraction)$",
    "^(force_fraction|charge_fraction|stress_fraction|updater_type|optmode_short_.*|parallel_mode|jacobian_mode|update_strategy|decoupling_type|force_energy_ratio)$",
    "^(memorize_symfunc_results|precondition_weights|nguyen_widrow_weights_.*|use_old_weights_.*|repeated_energy_update)$",
    "^(normalize_data_set|print_.*|mix_all_points|points_in_memory|use_damping|remove_atom_energies|calculate_.*)$",
    "^(max_energy|max_force|energy_threshold|bond_threshold|use_systematic_.*|initialization_only|separate_.*)$",
    "^(runner_mode|debug_mode|check_input_forces|fitting_unit|shuffle_weights_.*|regularize_fit_param|detailed_.*)$",
  ].join("|"),
);

/** Other terms of the energy, other networks, committees. */
const energyChanging = new RegExp(
  [
    "electrostatic|ewald|vdw|zbl|spin|pairsymfunction|_pair$|_ham$|_charge$|hardness|gausswidth|four_pi_epsilon",
    "^(global|element)_symfunction|^committee|^conv_charge$|^screen|^fixed_charge|^cutoff_type_matrix|^kspace",
  ].join("|"),
);

/**
 * @returns remarks on keywords that n2p2 does not know either and this program passes over, as n2p2 does
 * @throws {EcitonError} "data" naming a keyword that gives the potential a term which this program does not have
 */
export function checkKeywords(input: InputNn): string[] {
  checkGeneration(input);
  const remarks: string[] = [];
  for (const line of input.lines) {
    if (understood.has(line.keyword) || harmless.test(line.keyword)) continue;
    if (energyChanging.test(line.keyword))
      throw dataError(
        input.file,
        line.line,
        `keyword "${line.keyword}" changes the energy in a way that is not supported: expected a short-range potential (2G-HDNNP) alone`,
      );
    remarks.push(`input.nn line ${line.line}: unknown keyword "${line.keyword}" was passed over`);
  }
  return remarks;
}

/** Values of keywords that tell the generation of a potential, as far as they mean atomic networks of short range. */
const shortRange: Readonly<Record<string, readonly string[]>> = {
  nnp_type: ["2G-HDNNP", "2", "0"],
  nnp_gen: ["2"],
  nn_type_short: ["1"],
  committee_mode: ["disabled", "DISABLED"],
};

function checkGeneration(input: InputNn): void {
  for (const [keyword, allowed] of Object.entries(shortRange)) {
    const line: InputNnLine | undefined = lineOf(input, keyword);
    if (line === undefined || allowed.includes(line.values.join(" "))) continue;
    throw dataError(
      input.file,
      line.line,
      `${keyword} ${line.values.join(" ")} is not supported: expected ${allowed[0]}, a short-range potential (2G-HDNNP) of one network for each element`,
    );
  }
}
