// A receiver in the process of the bench that counts the spans of each path, and nothing else.
import { createServer } from 'node:http'

export async function createSink() {
  const spans = new Map()
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      spans.set(request.url, (spans.get(request.url) ?? 0) + countSpans(Buffer.concat(chunks)))
      response.end()
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  return { url, count: (path) => spans.get(path) ?? 0, close: () => server.close() }
}

/** In an ExportTraceServiceRequest: resource_spans is field 1, scope_spans in it 2, spans in that 2. */
function countSpans(bytes, path = [1, 2, 2]) {
  const [wanted, ...rest] = path
  let count = 0
  for (let at = 0; at < bytes.length; ) {
    const [tag, afterTag] = readVarint(bytes, at)
    if ((tag & 7) !== 2) throw new Error(`field ${tag >> 3} is no message`)
    const [length, begin] = readVarint(bytes, afterTag)
    at = begin + length
    if (tag >> 3 === wanted) count += rest.length === 0 ? 1 : countSpans(bytes.subarray(begin, at), rest)
  }
  return count
}

function readVarint(bytes, at) {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    value += (byte & 127) * 2 ** shift
    if (byte < 128) return [value, at]
  }
}
