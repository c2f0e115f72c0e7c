import type { TelemetryCircuit } from '../app.ts';

type Metric = readonly [name: string, help: string, type: string, samples: readonly string[]];

/** The Prometheus text of a process that exported no spans. */
export function metricsText({ isOpen, failureCount }: TelemetryCircuit): string {
  const states = [`{state="open"} ${isOpen ? '1.0' : '0.0'}`, `{state="closed"} ${isOpen ? '0.0' : '1.0'}`];
  const metrics: readonly Metric[] = [
    ['circuit_breaker_state', 'Circuit breaker state (1=open, 0=closed)', 'gauge', states],
    ['circuit_breaker_drops_total', 'Total spans dropped due to open circuit', 'counter', [' 0.0']],
    ['circuit_breaker_successes_total', 'Total successful span exports', 'counter', [' 0.0']],
    ['circuit_breaker_failures_total', 'Total failed span exports', 'counter', [` ${failureCount}.0`]],
    ['span_export_latency_seconds', 'Span export latency in seconds', 'histogram', histogram(latencies)],
    ['span_export_batch_size', 'Number of spans in each export batch', 'histogram', histogram(sizes)],
  ];
  return metrics.map(metricLines).join('');
}

const latencies = ['0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1.0', '2.5', '5.0'];
const sizes = ['1.0', '5.0', '10.0', '25.0', '50.0', '100.0', '250.0', '500.0', '1000.0'];

function histogram(bounds: readonly string[]): string[] {
  return [...[...bounds, '+Inf'].map((bound) => `_bucket{le="${bound}"} 0.0`), '_count 0.0', '_sum 0.0'];
}

function metricLines([name, help, type, samples]: Metric): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map((sample) => `${name}${sample}`)];
  return `${lines.join('\n')}\n`;
}
