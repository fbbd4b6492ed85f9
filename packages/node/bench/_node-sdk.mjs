// The stock set-up to compare with. It is no dependency of ours: it goes into a folder of its own in the user's cache,
// fetched once; where there is no registry, that is said and nothing is compared.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fetchPeers, peersFolder } from '../../../test/fetch-peers.mjs'

const PEERS = { '@opentelemetry/api': '1.9.1', '@opentelemetry/sdk-node': '0.223.0' }
const folder = peersFolder('node-sdk')

export const fetchNodeSdk = () => fetchPeers(folder, PEERS)

/** Loads one of the packages, as a program in that folder would. */
export const load = createRequire(join(folder, 'package.json'))
