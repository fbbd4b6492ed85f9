// Writes the tables of README.md anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { ATTR } from '@runspan/results/core'
import { METRIC_ATTR, METRICS } from '../dist/metrics.js'
import { CICD, CICD_METRICS } from '../dist/semconv.js'
import { withTables } from './_table.mjs'

const path = new URL('../README.md', import.meta.url)
writeFileSync(path, withTables(readFileSync(path, 'utf8'), { ATTR, METRICS, METRIC_ATTR, CICD, CICD_METRICS }))
