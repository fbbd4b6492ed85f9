import { currentRun, currentStep, trackStep, trackWorkflow } from '@runspan/sdk'

/** The caller's fault: the text is no table. */
export class UnreadableError extends Error {
  name = 'UnreadableError'
}

/** The job, wrapped: what it does stands in the functions below. */
export const summarise = trackWorkflow('summarise', { version: '1.0.0' }, async (csv) => {
  const rows = parse(csv)
  const columns = findNumbers(rows)
  return { run: currentRun().runKey, rows: rows.length, columns: columns.map((name) => measure(name, rows)) }
})

const parse = trackStep('parse', { errorCode: 422 }, (csv) => {
  const [header, ...lines] = String(csv).trim().split(/\r?\n/)
  const names = header.split(',')
  if (names.length < 2 || lines.length === 0) throw new UnreadableError('the text has no header and no rows')
  return lines.map((line, index) => {
    const values = line.split(',')
    if (values.length !== names.length) {
      throw new UnreadableError(`line ${index + 2} has ${values.length} values, the header has ${names.length}`)
    }
    return Object.fromEntries(names.map((name, column) => [name, values[column]]))
  })
})

const findNumbers = trackStep('find numbers', (rows) => {
  const names = Object.keys(rows[0]).filter((name) =>
    rows.every((row) => row[name] !== '' && Number.isFinite(Number(row[name]))),
  )
  if (names.length === 0) currentStep().skip('no column holds numbers alone')
  return names
})

const measure = trackStep('measure', { target: (name) => name }, (name, rows) => {
  const values = rows.map((row) => Number(row[name]))
  const sum = values.reduce((total, value) => total + value, 0)
  return { name, min: Math.min(...values), max: Math.max(...values), mean: Number((sum / values.length).toFixed(3)) }
})
