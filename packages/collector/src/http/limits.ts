/** The largest body that is read, in bytes as they come over the wire. */
export const MAX_BODY = 16 * 1024 * 1024

/** The largest body after decompression, in bytes. */
export const MAX_DECODED = 32 * 1024 * 1024

/** How much larger than itself a compressed body may become, once it is past {@link FREE_DECODED}. */
export const MAX_RATIO = 200

/** What any compressed body may become, in bytes. */
export const FREE_DECODED = 1024 * 1024

/** The bytes of bodies that may be read, decoded or wait for the store at one time. */
export const MAX_IN_FLIGHT = 64 * 1024 * 1024

/** The requests that may be worked on at one time. */
export const MAX_REQUESTS = 512

/** Open connections. */
export const MAX_CONNECTIONS = 1024

/** Milliseconds that the head of a request may take. */
export const HEADERS_TIMEOUT = 10_000

/** Milliseconds that a whole request may take. */
export const REQUEST_TIMEOUT = 30_000

/** Milliseconds an idle connection is kept: longer than clients keep theirs, so that it is they who end it. */
export const KEEP_ALIVE_TIMEOUT = 95_000

/** Milliseconds that requests under way have to end when the collector closes. */
export const CLOSE_TIMEOUT = 5_000

/** Seconds after which a client may try again; the official exporters give up on more than a few. */
export const RETRY_AFTER = 1
