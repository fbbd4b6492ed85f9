// What `--import @runspan/node/register` is compared with: the stock SDK, as it comes.
import { load } from './_node-sdk.mjs'

const { NodeSDK } = load('@opentelemetry/sdk-node')
new NodeSDK().start()
