import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { ServeFlags } from './config.js'
import { doctor } from './doctor/doctor.js'
import { createOutput, type OutputFlags } from './output.js'
import { type RecoverFlags, recover } from './recover.js'
import { serve } from './serve.js'
import { type ShowFlags, show } from './show.js'
import { validate } from './validate.js'

const EXAMPLES = `
Examples:
  runspan serve                              receive runs at http://127.0.0.1:4318
  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 node app.js
  runspan show                               the latest runs in ./results
  runspan show 0041                          one run as a tree, by its id or the beginning of it
  runspan show 0041 --from http://127.0.0.1:4318
  runspan show results/daily_import/0041.json --json | jq .run.outcome
  runspan validate results/*/*.json          whether files are documents
  runspan recover                            documents of runs whose process died
  runspan doctor                             what is not well here, and how to mend it

Exit codes: 0 well; 1 the run failed, a document is invalid, or doctor says FAIL; 2 wrong usage;
3 a file, store, port or collector cannot be reached; 130, 143 ended by a signal.`

const SERVE_HELP = `
Any OpenTelemetry SDK or Collector can send to it: OTLP over HTTP, protobuf or JSON, gzip or not.
What is acknowledged is on disk. Runs are at /api/runs, the API is described at /api/openapi.json,
health is at /healthz and /readyz, counts are at /metrics.

Each flag can be given as a variable too: RUNSPAN_HOST, RUNSPAN_PORT, RUNSPAN_STORE, RUNSPAN_TOKEN,
RUNSPAN_ALLOW_HOST. It listens on this machine alone unless a token is given, which every request must
then carry: "Authorization: Bearer <token>".`

const SHOW_HELP = `
Runs are looked for in the collector of --from or RUNSPAN_ENDPOINT, else in the folder of --from or
RUNSPAN_RESULTS_DIR, else in ./results.

On a terminal a run is a tree and a list is a table. In a pipe each step or run is a line of values
separated by tabs: step: outcome, path, run id, start, milliseconds, tries, error; run: outcome,
workflow, run id, steps, start, milliseconds, error. With --json a run is a document, a list JSON Lines.
The text of --step is the same in a pipe.`

const VALIDATE_HELP = `
Each fault is a line: file:line:column path: expected ..., got ...; the count comes last. With --json each
file is a line of JSON. Of each file at most 20 faults are told. Exit codes: 0 all are documents; 1 some
are not; 3 some cannot be read.`

const RECOVER_HELP = `
Programs keep a journal in the folder until a run has its document. Journals of programs that are gone
become documents in which what was running is "interrupted". Living programs are left alone, and doing it
again changes nothing. The next program that starts on the folder does the same by itself.

Without a folder it is RUNSPAN_RESULTS_DIR, else ./results. In a pipe each run is a line of values
separated by tabs: workflow, key, document, steps that were running. Exit codes: 0 done, or nothing to do;
3 the folder cannot be read or written.`

const DOCTOR_HELP = `
Looks, as a program started in this folder would: at Node, the copies and versions of OpenTelemetry, the
results folder and the journals in it, OTEL_* and RUNSPAN_* variables, and whether the endpoints they name
take spans (an empty request, 2 s at most). Each check is ok, warn or FAIL, with the command that mends it.
Exit codes: 0 nothing failed; 1 something did. In a pipe: state, check, finding, fix, separated by tabs.`

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}

/** The commands, their flags and their help. `exit` is told the code of the command that ran. */
export function createProgram(exit: (code: number) => void): Command {
  const program = new Command('runspan')
    .description('Receive workflow runs, show them, read their documents.')
    .version(readVersion(), '--version')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(runspan --help, or runspan <command> --help)')
    .addHelpText('after', EXAMPLES)

  program
    .command('serve')
    .description('receive runs over OTLP/HTTP, keep them, and serve their documents')
    .option('--host <address>', 'where to listen (default: 127.0.0.1)')
    .option('--port <number>', 'the port to listen on; 0 takes a free one (default: 4318)')
    .option(
      '--store <file>',
      'the SQLite file that keeps everything (default: .runspan/collector.db in the results folder)',
    )
    .option('--token <text>', 'what every request must carry; better given as RUNSPAN_TOKEN')
    .option('--allow-host <name...>', 'names beside localhost that requests may be addressed to')
    .option('--json', 'say where it listens as one line of JSON')
    .addHelpText('after', SERVE_HELP)
    .action(async (flags: ServeFlags & OutputFlags) => exit(await serve(flags, createOutput(flags))))

  program
    .command('show')
    .description('show a run as a tree, or list the latest 20')
    .argument('[what]', 'a run id or key, or the beginning of one; a document file; a folder of documents')
    .option('--from <place>', 'a collector (http://...) or a folder of documents')
    .option('--token <text>', "the collector's token; better given as RUNSPAN_TOKEN")
    .option('--document', 'the document, byte for byte')
    .option('--step <name>', 'all that is known of the steps of that name, title or run id')
    .option('--failed', 'list only runs that failed')
    .option('--json', 'JSON instead of a tree or a table')
    .addOption(new Option('--color <when>', 'colours').choices(['always', 'never', 'auto']).default('auto'))
    .addHelpText('after', SHOW_HELP)
    .action(async (what: string | undefined, flags: ShowFlags & OutputFlags) =>
      exit(await show(what, flags, createOutput(flags))),
    )

  program
    .command('list')
    .description('list the latest 20 runs, as show does without a run')
    .option('--from <place>', 'a collector (http://...) or a folder of documents')
    .option('--token <text>', "the collector's token; better given as RUNSPAN_TOKEN")
    .option('--failed', 'only runs that failed')
    .option('--json', 'JSON Lines instead of a table')
    .action(async (flags: ShowFlags & OutputFlags) => exit(await show(undefined, flags, createOutput(flags))))

  program
    .command('validate')
    .description('say whether files are documents, and what is wrong with those that are not')
    .argument('<file...>', 'files of documents')
    .option('--json', 'a line of JSON for each file')
    .addHelpText('after', VALIDATE_HELP)
    .action(async (files: string[], flags: OutputFlags) => exit(await validate(files, createOutput(flags))))

  program
    .command('recover')
    .description('make documents of the runs that dead processes left')
    .argument('[folder]', 'the folder of documents')
    .option('--dry-run', 'say what would be done, and touch nothing')
    .option('--json', 'what was found and written, as JSON')
    .addHelpText('after', RECOVER_HELP)
    .action((folder: string | undefined, flags: RecoverFlags & OutputFlags) =>
      exit(recover(folder, flags, createOutput(flags))),
    )

  program
    .command('doctor')
    .description('check what tracking needs, and say how to mend what is not well')
    .option('--json', 'a line of JSON for each check')
    .addHelpText('after', DOCTOR_HELP)
    .action(async (flags: OutputFlags) => exit(await doctor(createOutput(flags))))

  return program
}
