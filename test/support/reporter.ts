import Mocha from 'mocha';
import { recordResults, resultsVariable } from './results.ts';

/** Shows the spec output on the console and writes the results to the file that the runner names. */
class ResultsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[resultsVariable];
    if (file) recordResults(runner, file);
  }
}

// biome-ignore lint/style/noDefaultExport: mocha takes a reporter only as the default export of its module.
export default ResultsReporter;
