import { startRunspan } from './start-runspan.js'

// `node --import @runspan/node/register app.js`: to be imported is this module's whole purpose.
startRunspan()
