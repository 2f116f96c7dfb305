/** One thread of a training that several share: the first leads, the others help. */
import type { TaskContext, TaskFunction } from "../../../src/exec/executor.ts";
import type { HdnnpModel } from "../../../src/nn/hdnnp/model.ts";
import { type BoardMemory, TeamBoard } from "../../../src/nn/training/team-board.ts";
import { helpTraining, leadTeam, type TeamMemory } from "../../../src/nn/training/train-team.ts";
import { Trainer } from "../../../src/nn/training/trainer.ts";
import { type SharedTrainingSet, TrainingSet } from "../../../src/nn/training/training-set.ts";
import type { TrainingSettings } from "../../../src/nn/training/training-settings.ts";

export interface TeamPayload {
  readonly member: number;
  readonly team: TeamMemory;
  readonly model: HdnnpModel;
  readonly set: SharedTrainingSet;
  readonly numTraining: number;
  readonly settings: TrainingSettings;
}

export interface BoardPayload {
  readonly memory: BoardMemory;
  /** Shared Int32Array(3): helpers that are there, the sum of what parts that helpers did were given, whether these fail. */
  readonly marks: Int32Array;
}

export const boardTask: TaskFunction = { module: import.meta.url, name: "helpBoard" };

export function helpBoard({ memory, marks }: BoardPayload, { cancel }: TaskContext): void {
  Atomics.add(marks, 0, 1);
  new TeamBoard(memory).help(cancel, ({ numbers }) => {
    Atomics.add(marks, 1, numbers[0]);
    Atomics.notify(marks, 1);
    if (marks[2] === 1) throw new Error("a part that fails");
  });
}

export const teamTask: TaskFunction = { module: import.meta.url, name: "runMember" };

export function runMember(payload: TeamPayload, { cancel }: TaskContext): string | null {
  const { member, team, model, numTraining, settings } = payload;
  const set = TrainingSet.open(payload.set);
  const data = {
    model,
    dependence: set.store.dependence,
    train: set.structures.slice(0, numTraining),
    test: set.structures.slice(numTraining),
  };
  if (member > 0) {
    helpTraining(team, data, cancel);
    return null;
  }
  const leader = leadTeam(team, data);
  try {
    const trainer = new Trainer(data, settings, 1, leader);
    while (!trainer.finished) trainer.epoch();
    return JSON.stringify(trainer.state(), (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
    );
  } finally {
    leader.end();
  }
}
