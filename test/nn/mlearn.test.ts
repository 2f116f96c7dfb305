import { expect, it } from "vitest";
import { det3 } from "../../src/core/linalg.ts";
import { hasMlearn, type MlearnElement, mlearnStructures } from "./mlearn.ts";

const skip = !hasMlearn();
if (skip) console.warn("skipped: tests of the mlearn benchmark, since its data are not here");

// Numbers of structures: Zuo et al. 2020, as SOURCE.md lists them.
it.skipIf(skip).each<[MlearnElement, number, number]>([
  ["Mo", 194, 23],
  ["Si", 214, 25],
])("%s: all structures, whose stress has the signs and places of their strain", (element, training, test) => {
  const [train, held] = [mlearnStructures(element, "training"), mlearnStructures(element, "test")];
  expect([train.length, held.length]).toEqual([training, test]);
  const all = [...train, ...held];
  expect(new Set(all.map((one) => one.info.class))).toEqual(
    new Set(["AIMD-NVT", "Elastic", "Surface", "Vacancy"]),
  );
  let sheared = 0;
  let stretched = 0;
  for (const { cell, stress, info, species } of all.filter((one) => one.species.length > 2)) {
    if (info.class !== "Elastic") continue;
    const s = stress!;
    // Symmetric strains off the diagonal: xy, xz, yz, as places in a 3x3 matrix.
    const places = [1, 2, 5];
    const shear = places.map((p) => (cell[p] + cell[3 * (p % 3) + Math.floor(p / 3)]) / 2);
    const k = shear.reduce((most, x, i) => (Math.abs(x) > Math.abs(shear[most]) ? i : most), 0);
    if (Math.abs(shear[k]) > 0.05) {
      const largest = places.reduce((most, p) => (Math.abs(s[p]) > Math.abs(s[most]) ? p : most), 1);
      expect(largest).toBe(places[k]);
      expect(Math.sign(s[largest])).toBe(Math.sign(shear[k]));
      sheared++;
    } else {
      // Stretched along one axis against the mean of the others: tension there, pressure where it is compressed.
      const lengths = [cell[0], cell[4], cell[8]];
      const axis = lengths.findIndex((x, i) => lengths.every((y, j) => i === j || Math.abs(x - y) > 0.05));
      if (axis < 0) continue;
      expect(Math.sign(s[4 * axis])).toBe(Math.sign(lengths[axis] - lengths[(axis + 1) % 3]));
      stretched++;
    }
    expect(Math.abs(det3(cell)) / species.length).toBeGreaterThan(10);
  }
  expect(sheared).toBeGreaterThan(25);
  expect(stretched).toBeGreaterThan(20);
});
