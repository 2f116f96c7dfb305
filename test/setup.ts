/** Property tests draw the same cases in every run; with ECITON_NEW_CASES=1 in the environment they draw new ones. */
import fc from "fast-check";

if (process.env.ECITON_NEW_CASES === undefined) fc.configureGlobal({ seed: 20240311 });
