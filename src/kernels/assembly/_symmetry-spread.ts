// From slopes of the energy with the distances and cosines of triplets to those with the places of the neighbours. The
// distances r_ij, r_ik, r_jk of a triplet are independent variables:
//   d cos / d r_ij = 1 / r_ik - cos / r_ij, likewise r_ik,  d cos / d r_jk = -r_jk / (r_ij r_ik)
import { ROW } from "../hdnnp-block";
import { fieldInverse, gradients, vectors } from "./_symmetry-slots";

// Rows of a part of the triplets: slopes with r_ij, r_ik, with r_jk divided by it, and with the cosine.
export const FIRST: usize = 0;
export const SECOND: usize = ROW;
export const BETWEEN: usize = 2 * ROW;
export const COSINE: usize = 3 * ROW;

/** Takes the slopes of the triplets to the gradients of the slots. */
export function spread(firsts: usize, seconds: usize, cosines: usize, bytes: usize, rows: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const j = <usize>load<u32>(firsts + (at >> 2));
    const k0 = <usize>load<u32>(seconds + (at >> 1));
    const k1 = <usize>load<u32>(seconds + (at >> 1), 4);
    const row = rows + at;
    const inverseJ = v128.load64_splat(fieldInverse + j);
    const inverseK = v128.load64_lane(fieldInverse + k1, v128.load64_zero(fieldInverse + k0), 1);
    const cosine = v128.load(cosines + at);
    const slope = v128.load(row, COSINE);
    const alongJ = f64x2.add(
      v128.load(row, FIRST),
      f64x2.mul(slope, f64x2.sub(inverseK, f64x2.mul(cosine, inverseJ))),
    );
    const alongK = f64x2.add(
      v128.load(row, SECOND),
      f64x2.mul(slope, f64x2.sub(inverseJ, f64x2.mul(cosine, inverseK))),
    );
    const across = f64x2.sub(v128.load(row, BETWEEN), f64x2.mul(slope, f64x2.mul(inverseJ, inverseK)));
    const vectorJ = vectors + (j << 2);
    const xyJ = v128.load(vectorJ);
    const zJ = v128.load64_zero(vectorJ + 16);
    const vector0 = vectors + (k0 << 2);
    const vector1 = vectors + (k1 << 2);
    const across0 = i8x16.shuffle(across, across, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
    const across1 = i8x16.shuffle(across, across, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    const xy0 = f64x2.mul(across0, f64x2.sub(v128.load(vector0), xyJ));
    const xy1 = f64x2.mul(across1, f64x2.sub(v128.load(vector1), xyJ));
    const z0 = f64x2.mul(across0, f64x2.sub(v128.load64_zero(vector0 + 16), zJ));
    const z1 = f64x2.mul(across1, f64x2.sub(v128.load64_zero(vector1 + 16), zJ));
    const gradient0 = gradients + (k0 << 2);
    const gradient1 = gradients + (k1 << 2);
    const gradientJ = gradients + (j << 2);
    // The lower half of z, and what is along the displacement in the upper one.
    const rest0 = i8x16.shuffle(z0, alongK, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    const rest1 = i8x16.shuffle(z1, alongK, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31);
    v128.store(gradient0, f64x2.add(v128.load(gradient0), xy0));
    v128.store(gradient0, f64x2.add(v128.load(gradient0, 16), rest0), 16);
    v128.store(gradient1, f64x2.add(v128.load(gradient1), xy1));
    v128.store(gradient1, f64x2.add(v128.load(gradient1, 16), rest1), 16);
    const both = f64x2.extract_lane(alongJ, 0) + f64x2.extract_lane(alongJ, 1);
    const restJ = f64x2.replace_lane(f64x2.neg(f64x2.add(z0, z1)), 1, both);
    v128.store(gradientJ, f64x2.sub(v128.load(gradientJ), f64x2.add(xy0, xy1)));
    v128.store(gradientJ, f64x2.add(v128.load(gradientJ, 16), restJ), 16);
  }
}
