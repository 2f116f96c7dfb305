import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cvCurve, errorsAt } from "../../src/workflows/fit-errors.ts";
import { smallStudy, smallTable } from "../cli/small-study.ts";
import { runFile } from "./run-study.ts";

test("the curve of cross-validation is of the errors that are reported, weights included", async () => {
  const folder = mkdtempSync(join(tmpdir(), "eciton-weights-"));
  const lines = smallTable.trim().split("\n");
  const table = lines.map((line, i) => `${line},${i === 0 ? "weight" : 1 + (i % 3) ** 2}`).join("\n");
  writeFileSync(join(folder, "table.csv"), `${table}\n`);
  writeFileSync(
    join(folder, "study.json"),
    smallStudy({ fit: { bootstrap: 0, refit: "none", path: { count: 6 } }, sample: undefined }),
  );
  const { result, remove } = await runFile(join(folder, "study.json"));
  const fit = result.fit!;
  cvCurve(fit).forEach(({ rmse }, k) => {
    let square = 0;
    let total = 0;
    for (const { rows, errors } of fit.cv.folds)
      rows.forEach((row, a) => {
        const weight = 1 + ((row + 1) % 3) ** 2;
        square += weight * errors[k * rows.length + a] ** 2;
        total += weight;
      });
    // Sums of nine numbers; only their order may differ.
    expect(rmse).toBeCloseTo(Math.sqrt(square / total), 12);
    expect(rmse).toBeCloseTo(errorsAt(fit, k).cvSizes.rmse, 12);
  });
  remove();
  rmSync(folder, { recursive: true });
}, 60_000);
