/** The folder of result documents when nobody names one. */
export const DEFAULT_FOLDER = 'results'

/** The folder that `RUNSPAN_RESULTS_DIR` names, else {@link DEFAULT_FOLDER}; null for `none`, which writes no files. */
export function resultsFolder(): string | null {
  const named = process.env.RUNSPAN_RESULTS_DIR?.trim()
  if (named === undefined || named === '') return DEFAULT_FOLDER
  return named === 'none' ? null : named
}
