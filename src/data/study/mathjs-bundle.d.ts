/** mathjs in one file; it has no declarations of its own. */
declare module "mathjs/lib/browser/math.js" {
  import type * as mathjs from "mathjs";

  const bundle: typeof mathjs;
  export default bundle;
}
