// P11: OTLP protobuf to records, against protobufjs' generated decoder doing the same job.
import { kindOf, toRecordAttributes } from '@runspan/results/core'
import { decodeProtobufSpans } from '../dist/otlp/protobuf.js'
import { cpuSeconds, median, report } from './_gates.mjs'
import { makeRequests, official } from './_spans.mjs'

const ROUNDS = 15

function decodeByProtobufjs(bytes) {
  const records = []
  for (const { scopeSpans } of official.decode(bytes).resourceSpans) {
    for (const { spans } of scopeSpans) {
      for (const span of spans) {
        const attributes = {}
        for (const { key, value } of span.attributes) attributes[key] = plainValue(value)
        const record = {
          phase: 'ended',
          seq: 0,
          traceId: Buffer.from(span.traceId).toString('hex'),
          spanId: Buffer.from(span.spanId).toString('hex'),
          parentSpanId: span.parentSpanId?.length ? Buffer.from(span.parentSpanId).toString('hex') : null,
          name: span.name,
          start: span.startTimeUnixNano.toString(),
          end: span.endTimeUnixNano.toString(),
          status: span.status?.code === 2 ? 'error' : 'unset',
          attributes: toRecordAttributes(attributes),
        }
        if (kindOf(record) !== undefined) records.push(record)
      }
    }
  }
  return records
}

function plainValue(value) {
  if (value.stringValue !== null && value.stringValue !== undefined) return value.stringValue
  return value.intValue == null ? (value.doubleValue ?? value.boolValue) : Number(value.intValue)
}

for (const [what, foreign, gate] of [
  ['protobuf to records, every span ours', 0, 4],
  ['protobuf to records, nine of ten spans foreign', 9, 4],
]) {
  const requests = makeRequests(20, 512, foreign)
  const spans = requests.length * 512
  const ours = () => requests.map((bytes) => decodeProtobufSpans(bytes))
  const theirs = () => requests.map((bytes) => decodeByProtobufjs(bytes))
  ours()
  theirs()
  const ratios = []
  const rates = []
  for (let round = 0; round < ROUNDS; round++) {
    const mine = await cpuSeconds(ours)
    ratios.push((await cpuSeconds(theirs)) / mine)
    rates.push(spans / mine)
  }
  report('P11', what, median(ratios), gate, 'x', `${(median(rates) / 1000).toFixed(0)} k spans/s on one core`)
}
