/** Names of the files that a run leaves in its output folder. */

/** Folder of the checkpoints below the output folder. */
export const CHECKPOINTS = "checkpoints";
/** File beside them by which a run on threads says how far it is. */
export const LIFE_SIGN = "progress.json";
/** Folder of the states that are kept for analysis. */
export const TRAJECTORIES = "trajectories";
/** Folder of the pictures of chains and of the states that searches found. */
export const SNAPSHOTS = "snapshots";
/** Folder of built structures in formats that hold one each. */
export const STRUCTURES = "structures";
/** Folder of a trained potential; of a committee, with a folder for each member. */
export const POTENTIAL = "potential";
/** Folder of the labels that a study asked for, where it names no other. */
export const LABELS = "labels";
/** Folders of the searches and of the dynamics of a study that learns its potential, with a folder for each system. */
export const SEARCHES = "search";
export const MOTIONS = "dynamics";
export const PROVENANCE = "provenance.json";

/** "chain-0003": a task or state in names of files. */
export function numbered(noun: string, number: number): string {
  return `${noun}-${String(number).padStart(4, "0")}`;
}

export interface Place {
  /** "" is the output folder itself. */
  readonly folder: string;
  readonly pattern: RegExp;
}

/** Folder of one member of a committee, 1 the first. */
export function memberFolder(member: number): string {
  return `${POTENTIAL}/member-${String(member).padStart(2, "0")}`;
}

/** Files of a potential. */
export const potentialPattern = /^(input\.nn|scaling\.data|weights\.\d+\.data)$/;
const MOST_MEMBERS = 20;
const potentialPlaces: readonly Place[] = [
  ...Array.from({ length: MOST_MEMBERS }, (_, k) => ({
    folder: memberFolder(k + 1),
    pattern: potentialPattern,
  })),
  { folder: POTENTIAL, pattern: potentialPattern },
];

/** They are removed once the results are there. */
export const checkpointFiles: Place = {
  folder: CHECKPOINTS,
  pattern: /^([a-z]+-\d+.*\.(json|bin)|progress\.json)$/,
};

/** What each part of a run leaves behind. */
export const filesOf = {
  fit: [{ folder: "", pattern: /^(model\.json|training\.csv)$/ }],
  sample: [
    {
      folder: "",
      pattern:
        /^(sampling\.json|(sampling|layers|fractions|observations|maps|claims|density-of-states|thermodynamics|ground-states)\.csv)$/,
    },
    { folder: SNAPSHOTS, pattern: /^(chain|search)-\d+.*\.(extxyz|POSCAR)$/ },
    { folder: TRAJECTORIES, pattern: /^chain-\d+\.traj$/ },
    checkpointFiles,
  ],
  build: [
    { folder: "", pattern: /^structures\.(extxyz|csv)$/ },
    { folder: STRUCTURES, pattern: /^structure-\d+\.(POSCAR|cif)$/ },
  ],
  relax: [{ folder: "", pattern: /^(relaxed\.(extxyz|csv)|outside\.extxyz)$/ }, checkpointFiles],
  dynamics: [
    { folder: "", pattern: /^(dynamics\.json|(final|outside)\.extxyz|(segments|caloric)\.csv)$/ },
    { folder: TRAJECTORIES, pattern: /^replica-\d+.*\.(extxyz|lammpstrj|csv)$/ },
    checkpointFiles,
  ],
  hop: [
    { folder: "", pattern: /^((minima|outside)\.extxyz|(minima|paths)\.csv)$/ },
    { folder: TRAJECTORIES, pattern: /^path-\d+\.extxyz$/ },
    checkpointFiles,
  ],
  train: [
    { folder: "", pattern: /^(learning-curve|predictions|errors)\.csv$/ },
    ...potentialPlaces,
    checkpointFiles,
  ],
  // Labels stay: whoever asks again finds them.
  learn: [
    {
      folder: "",
      pattern: /^(dataset\.extxyz|best\.extxyz|(rounds|checked|best|learning-curve|predictions)\.csv)$/,
    },
    ...potentialPlaces,
    checkpointFiles,
  ],
  report: [
    { folder: "", pattern: /^(report\.html|provenance\.json)$/ },
    { folder: "report-csv", pattern: /\.csv$/ },
  ],
} as const;

/** A part of a run that leaves files of its own. */
export type OutputPart = Exclude<keyof typeof filesOf, "report">;
export const outputParts = (Object.keys(filesOf) as (keyof typeof filesOf)[]).filter(
  (part) => part !== "report",
);
