import { copyDelivery } from './copy-delivery.js'
import { recoverInto } from './journal/recover.js'
import { messageOf } from './message-of.js'
import type { Shelf } from './shelf.js'

/** Makes documents of what dead processes have left. */
export function pickUp({ keeper, files, fileLane, lanes, counts, report }: Shelf): void {
  if (keeper === undefined || files === undefined) return
  const others = lanes.filter((lane) => lane !== fileLane)
  try {
    const recovery = recoverInto(files, (delivery, orphan) => {
      // At once, and first: the journal goes when the document stands.
      files.write(delivery)
      if (!orphan) for (const lane of others) lane.offer(copyDelivery(delivery))
    })
    counts.recovered += recovery.runs.length
  } catch (error) {
    report(`what dead processes have left in '${files.folder}' could not be made documents of: ${messageOf(error)}`)
  }
}
